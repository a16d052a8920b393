import sys


def main() -> int:
    try:
        from .command import main
    except ModuleNotFoundError as problem:
        if problem.name not in ("dask", "distributed", "pyarrow"):
            raise
        print(f"tessera.batch: needs the package {problem.name}: pip install 'tessera[batch]'", file=sys.stderr)
        return 1
    return main()


if __name__ == "__main__":
    sys.exit(main())
