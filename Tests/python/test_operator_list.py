"""Docs/operators.md, which `tessera operators` prints."""

import onnx.defs

import tool


def test_document_is_current(tessera):
    assert tessera("operators").stdout == (tool.ROOT / "Docs/operators.md").read_text()


def test_versions_are_those_of_onnx(tessera):
    """A form begins where ONNX's own schema of the operator changes."""
    listed = tessera("operators", "--json").json
    oldest, newest = listed["opset_versions"]
    for operator in listed["operators"]:
        schemas = onnx.defs.get_all_schemas_with_history()
        known = {max(schema.since_version, oldest) for schema in schemas
                 if schema.name == operator["name"] and schema.domain == ""}
        assert set(operator["opsets"]) <= known, operator["name"]
        assert max(operator["opsets"]) <= newest
