# make demo   builds Tessera, compiles two networks, classifies digits and times VGG-16
# make test   builds everything and passes all tests
# make attack MINUTES=60   attacks all that reads untrusted files, under sanitizers (Docs/security.md)
# All install what they need first: Debian packages and a pinned Python environment in .venv.

.PHONY: setup build demo test format lint bench attack

setup:
	@Scripts/setup.sh

build: setup
	swift build -c release

demo: build
	@Scripts/demo.sh

test: setup
	@Scripts/test.sh

bench: build
	@.venv/bin/python Benchmarks/compare.py

attack: setup
	@.venv/bin/python Scripts/attack.py --minutes $(or $(MINUTES),10)

format:
	swift format --in-place --recursive --parallel Sources Tests Examples Benchmarks Package.swift

lint:
	swift format lint --strict --recursive --parallel Sources Tests Examples Benchmarks Package.swift
