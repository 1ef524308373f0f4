"""The OpenAPI document is valid and true, and its page needs no other host."""

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from service.routes import BLUEPRINTS
from tests.service.running_app import RunningApp


@pytest.fixture
def document(web: RunningApp) -> dict[str, Any]:
    answer = web.http.get("/openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    return answer.json()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, each) for path, item in document["paths"].items() for method, each in item.items()]


def test_version_is_one_that_tools_take_if_the_document_is_read(document: dict[str, Any]):
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"]
    assert document["servers"] == [{"url": "http://127.0.0.1:8000"}]


def test_every_route_is_documented_if_it_is_served(web: RunningApp, document: dict[str, Any]):
    own = {blueprint.name for blueprint in BLUEPRINTS}
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in web.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.partition(".")[0] in own
    }
    assert {(path, method) for path, method, _ in operations(document)} == served


def test_every_reference_leads_somewhere_if_it_is_followed(document: dict[str, Any]):
    references = set(re.findall(r"'\$ref': '([^']+)'", str(document)))
    assert references
    for reference in references:
        assert reference.startswith("#/components/schemas/")
        assert reference.rpartition("/")[2] in document["components"]["schemas"]


def test_every_schema_is_valid_json_schema_if_it_is_checked(document: dict[str, Any]):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_says_the_same_about_errors_if_it_has_any(document: dict[str, Any]):
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        for status, response in operation["responses"].items():
            schema = response.get("content", {}).get("application/json", {}).get("schema")
            if int(status) >= 400 and status != "414" and schema and path != "/readyz":
                body, code = schema["allOf"]
                assert body == {"$ref": "#/components/schemas/ErrorBody"}, (path, method, status)
                examples = response["content"]["application/json"]["examples"]
                assert code["properties"]["error_code"]["enum"] == sorted(examples), (path, method, status)
                for name, example in examples.items():
                    assert example["value"]["error_code"] == name
                    assert example["value"]["message"]
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_signed_in_user_is_needed_exactly_if_the_document_says_so(web: RunningApp, document: dict[str, Any]):
    assert document["components"]["securitySchemes"]["supabase"]["scheme"] == "bearer"
    for path, method, operation in operations(document):
        answer = web.http.request(method, path.replace("{", "").replace("}", ""))
        is_protected = operation.get("security") == [{"supabase": []}]
        assert (answer.status_code == 401) is is_protected, (path, method, answer.status_code)
        assert ("401" in operation["responses"]) is is_protected, (path, method)
    assert any(operation.get("security") for _, _, operation in operations(document))


def test_error_is_what_the_document_says_if_one_is_answered(web: RunningApp, document: dict[str, Any]):
    validator = Draft202012Validator(document["components"]["schemas"]["ErrorBody"])
    for path in ("/v1/google/connection", "/nothing"):
        validator.validate(web.http.get(path).json())
    assert not validator.is_valid({"message": "x"})


def test_page_loads_everything_from_here_if_it_is_opened(web: RunningApp):
    page = web.http.get("/docs")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert "/docs/swagger-ui-bundle.js" in addresses
    for address in addresses:
        assert address.startswith(("/", "data:"))
        if address.startswith("/"):
            assert web.http.get(address).status_code == 200
    # The policy forbids inline scripts, styles and handlers: the page has none.
    assert not re.findall(r"<script>|<style|\sstyle=|\son\w+=", page.text)
    assert len(web.http.get("/docs/swagger-ui-bundle.js").content) > 100_000
    assert 'url: "/openapi.json"' in web.http.get("/docs/start.js").text


def test_guide_for_the_frontend_names_no_error_that_there_is_not(document: dict[str, Any]):
    documented = {
        code
        for _, _, operation in operations(document)
        for response in operation["responses"].values()
        for code in response.get("content", {}).get("application/json", {}).get("examples", {})
    }
    guide = (Path(__file__).parents[2] / "docs" / "frontend.md").read_text()
    # Before that the guide is about the database, whose errors and tables have tests of their own.
    about_the_service = guide.partition("\n## Connecting\n")[2]
    first_columns = re.findall(r"^\| ([^|]+) \|", about_the_service, re.MULTILINE)
    named = {each for column in first_columns for each in re.findall(r"`([a-z_]+)`", column)}
    assert len(named) > 15
    assert named <= documented
