"""The JSON Schema accepts and rejects what the loader does: both judge the same files.

usage: config_schema_test.py PROGRAM_THAT_PRINTS_THE_SCHEMA SOURCE_DIR

Files of files/bad that no schema can refuse say so themselves in a comment, with the reason.
"""

import json
import pathlib
import re
import subprocess
import sys
import unittest

import jsonschema
import yaml

CANNOT = "# the schema cannot say this: "


class Yaml11Loader(yaml.SafeLoader):
    """Takes keys as they are written, since a JSON object has no others: retry has one named on."""

    def construct_mapping(self, node, deep=False):
        self.flatten_mapping(node)
        return {
            key.value: self.construct_object(value, deep=deep)
            for key, value in node.value
            if isinstance(key, yaml.ScalarNode)
        }


class Yaml12Loader(Yaml11Loader):
    """Reads on, off, yes and no as text, as editors with YAML 1.2 do."""


Yaml12Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


class ConfigSchemaTest(unittest.TestCase):
    program = source = None

    @classmethod
    def setUpClass(cls):
        cls.schema = json.loads(subprocess.check_output([cls.program]))
        cls.validator = jsonschema.Draft202012Validator(cls.schema)
        cls.files = cls.source / "tests/unit/config/files"

    def problems(self, path, loader):
        with open(path, encoding="utf-8") as file:
            document = yaml.load(file, Loader=loader)
        return [error.message for error in self.validator.iter_errors(document or {})]

    def for_each(self, paths, check):
        paths = list(paths)
        self.assertTrue(paths)
        for path in sorted(paths):
            for loader in (Yaml11Loader, Yaml12Loader):
                with self.subTest(file=path.name, loader=loader.__name__):
                    check(path, self.problems(path, loader))

    def test_the_schema_is_a_valid_schema(self):
        jsonschema.Draft202012Validator.check_schema(self.schema)

    def test_good_files_and_examples_are_accepted(self):
        paths = [*self.files.glob("good/*.yaml"), *self.source.glob("config/*.yaml"),
                 *self.source.glob("config/examples/*.yaml"),
                 *self.source.glob("config/compose/trunkd/*.yaml")]
        self.for_each(paths, lambda path, problems: self.assertEqual(problems, []))

    def test_bad_files_are_refused_unless_no_schema_could(self):
        def check(path, problems):
            if CANNOT in path.read_text(encoding="utf-8"):
                self.assertEqual(problems, [])
            else:
                self.assertNotEqual(problems, [])

        self.for_each(self.files.glob("bad/*.yaml"), check)

    def test_each_mistake_of_a_bad_file_is_refused_alone(self):
        """Each session of a bad file, on its own: otherwise one mistake could hide another."""

        def sessions_of(path):
            document = yaml.load(path.read_text(encoding="utf-8"), Loader=Yaml11Loader)
            sessions = document.get("sessions") if isinstance(document, dict) else None
            return sessions if isinstance(sessions, dict) else {}

        for path in sorted(self.files.glob("bad/*.yaml")):
            text = path.read_text(encoding="utf-8")
            if CANNOT in text:
                continue
            for name, session in sessions_of(path).items():
                if f": sessions.{name}" not in text:
                    continue  # nothing is wrong with this one
                with self.subTest(file=path.name, session=name):
                    alone = {"sessions": {name: session}}
                    self.assertFalse(self.validator.is_valid(alone))


if __name__ == "__main__":
    ConfigSchemaTest.program = sys.argv[1]
    ConfigSchemaTest.source = pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
