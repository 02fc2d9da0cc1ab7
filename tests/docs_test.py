"""What the docs say about the program: every error has its entry, fields are those of the
reference, and every link leads somewhere.

Run as `python3 tests/docs_test.py`.
"""

import os
import re
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The status is the origin's, whatever the table of errors has.
OF_THE_ORIGIN = {"upstream_status"}

FILES = {"admin.sock", "admin.token", "cookies.txt"}  # which look like fields of the configuration


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def pages():
    found = ["README.md"]
    for folder, _, files in os.walk(os.path.join(ROOT, "docs")):
        inside = os.path.relpath(folder, ROOT)
        found += [os.path.join(inside, name) for name in files if name.endswith(".md")]
    return found


def errors():
    """{word: (status, word of RFC 9209)}, from the program's one table of them."""
    entry = re.compile(r'Failure\{(\w+),\s*(\d+),\s*"(\w*)",\s*"(\w+)"')
    return {match[4]: (int(match[2]), match[3])
            for match in entry.finditer(read("lib", "base", "error.cc"))}


def entries():
    """{word: first line} of the page's sections that are called by a word."""
    section = re.compile(r"^### (\w+)\n\n(.+)$", re.MULTILINE)
    return dict(section.findall(read("docs", "troubleshooting.md")))


def begins_as_it_should(word, status, proxy_status):
    if word in OF_THE_ORIGIN:
        return "**The origin's status.** "
    return f"**{status}**, `{proxy_status}`. " if status else "**No answer.** "


def status_table():
    """{word: what stands before it} in the table of statuses."""
    rows = re.findall(r"^\| (\d{3}|the origin's|none) \| (.+) \|$",
                      read("docs", "troubleshooting.md"), re.MULTILINE)
    return {word: status for status, words in rows
            for word in re.findall(r"\[(\w+)\]\(#\1\)", words)}


def without_code(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(path):
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", without_code(read(path)), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


class Troubleshooting(unittest.TestCase):
    def test_the_table_of_errors_was_read_as_a_whole(self):
        kinds = re.search(r"enum class ErrorKind[^{]*\{(.*?)\};", read("lib", "base", "error.h"),
                          re.DOTALL)[1]
        kinds = re.sub(r"//.*", "", kinds)
        self.assertEqual(len(errors()), len([kind for kind in kinds.split(",") if kind.strip()]))

    def test_every_error_has_an_entry_and_no_entry_is_left_over(self):
        self.assertEqual(sorted(entries()), sorted(errors()))

    def test_each_entry_names_the_status_and_the_word_that_the_program_answers(self):
        for word, (status, proxy_status) in errors().items():
            with self.subTest(word):
                beginning = begins_as_it_should(word, status, proxy_status)
                self.assertTrue(entries()[word].startswith(beginning), beginning)

    def test_the_table_of_statuses_has_each_under_its_status(self):
        expected = {word: str(status) if status else "none" for word, (status, _) in errors().items()}
        expected.update({word: "the origin's" for word in OF_THE_ORIGIN})
        self.assertEqual(status_table(), expected)


class Fields(unittest.TestCase):
    def test_a_field_that_a_page_names_with_a_dot_stands_in_the_reference(self):
        known = set(re.findall(r"^\| `([\w.]+)` \|", read("docs", "configuration.md"), re.MULTILINE))
        self.assertIn("queue.max", known)
        groups = {field.partition(".")[0] for field in known if "." in field}
        for page in pages():
            for group, field in re.findall(r"`(\w+)\.([\w.]+)`", without_code(read(page))):
                name = f"{group}.{field}"
                if group in groups and name not in FILES:
                    with self.subTest(page=page):
                        self.assertIn(name, known)


class Links(unittest.TestCase):
    def test_every_link_to_a_file_or_a_heading_leads_there(self):
        link = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
        for page in pages():
            for target, anchor in link.findall(without_code(read(page))):
                path = os.path.normpath(os.path.join(os.path.dirname(page), target)) if target \
                    else page
                with self.subTest(page=page, link=target, anchor=anchor):
                    self.assertTrue(os.path.exists(os.path.join(ROOT, path)))
                    if anchor:
                        self.assertIn(anchor, anchors(path))

    def test_every_page_is_reached_from_the_readme(self):
        link = re.compile(r"\]\((?!\w+:)([^)#\s]+)")
        reached, waiting = set(), ["README.md"]
        while waiting:
            page = waiting.pop()
            if page in reached or page not in pages():
                continue
            reached.add(page)
            waiting += [os.path.normpath(os.path.join(os.path.dirname(page), target))
                        for target in link.findall(without_code(read(page)))]
        self.assertEqual(sorted(set(pages()) - reached), [])


if __name__ == "__main__":
    unittest.main()
