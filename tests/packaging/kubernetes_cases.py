"""The Kubernetes manifests: read strictly, and the pod of the sidecar run and probed.

podman stands in for kubelet. It knows no native sidecars (it would wait for them to end), so the
sidecar becomes a container like the others; its start before the application is not tried here.
"""

import copy
import json
import re
import subprocess
import unittest

import yaml

from container_lab import DEBUG_IMAGE, IMAGE, ROOT, directory, podman
from small_network import Origin, eventually, get

FOLDER = ROOT / "config" / "kubernetes"
SIDECAR = FOLDER / "sidecar.yaml"
NODE = FOLDER / "node.yaml"


def documents(path):
    return list(yaml.safe_load_all(path.read_text()))


def of_kind(path, kind):
    return next(document for document in documents(path) if document["kind"] == kind)


def template(path):
    """The pod's specification in a Deployment or DaemonSet."""
    (workload,) = [d for d in documents(path) if d["kind"] in ("Deployment", "DaemonSet")]
    return workload["spec"]["template"]["spec"]


def leaves(node, path=()):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, path + (key,))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, path + (index,))
    else:
        yield path


# Of Debian 13, 1.30 or newer: an old one does not know all fields.
UNPACKED = ROOT / ".deps" / "peers" / "usr" / "bin" / "kubectl"
KUBECTL = str(UNPACKED) if UNPACKED.exists() else "kubectl"


# kubectl's commands that change a manifest on this machine, which they decode into Go's types: a wrong
# type is an error, a field that is not known is dropped. It has none for other kinds.
TYPED = {
    "Deployment": ["image", "*=changed:1"],
    "DaemonSet": ["image", "*=changed:1"],
    "Service": ["selector", "changed=1"],
}
# The whole of what these have.
PLAIN = {
    "ConfigMap": {"apiVersion", "kind", "metadata", "data"},
    "Namespace": {"apiVersion", "kind", "metadata"},
}


def mistakes(document):
    """What a strict reader would not accept of it."""
    kind = document["kind"]
    if kind in PLAIN:
        return [f"{key}: unknown field" for key in document.keys() - PLAIN[kind]]
    command, change = TYPED[kind]
    done = subprocess.run(
        [KUBECTL, "set", command, "--local", "-f", "-", change, "-o", "yaml"],
        input=yaml.safe_dump(document), capture_output=True, text=True)
    if done.returncode:
        return [done.stderr.strip()]
    known = set(leaves(yaml.safe_load(done.stdout)))
    return [
        ".".join(map(str, path)) + ": unknown field"
        for path in leaves(document)
        if path not in known and not (kind == "Service" and path[:2] == ("spec", "selector"))
    ]


class ManifestTest(unittest.TestCase):
    def test_every_field_is_known_and_of_the_right_type(self):
        seen = set()
        for path in FOLDER.glob("*.yaml"):
            for document in documents(path):
                seen.add(document["kind"])
                if document["kind"] == "NetworkPolicy":  # kubectl has no command to read one
                    continue
                self.assertEqual(mistakes(document), [], f"{path.name}: {document['kind']}")
        self.assertLessEqual({"ConfigMap", "Deployment", "DaemonSet", "Service"}, seen)

    def test_this_check_finds_mistakes(self):
        good = of_kind(SIDECAR, "Deployment")
        for change in (
            lambda pod: pod["initContainers"][0].update(livenesProbe={"periodSeconds": 1}),
            lambda pod: pod["initContainers"][0]["livenessProbe"].update(periodSeconds="two"),
            lambda pod: pod["initContainers"][0]["securityContext"].update(readonlyRoot=True),
            lambda pod: pod.update(terminationGracePeriod=60),
        ):
            bad = copy.deepcopy(good)
            change(bad["spec"]["template"]["spec"])
            self.assertNotEqual(mistakes(bad), [])


class PodTest(unittest.TestCase):
    def setUp(self):
        self.origin = Origin()
        self.addCleanup(self.origin.__exit__)

    def play(self, path, image_of, secret=None):
        """Runs the manifest's pod on this machine's images, its origin in place of the real one."""
        settings = of_kind(path, "ConfigMap")
        pod = template(path)
        text = settings["data"]["trunkd.yaml"]
        text, count = re.subn(r"https://payments\.example\.com", self.origin.url, text)
        self.assertEqual(count, 1)
        settings["data"]["trunkd.yaml"] = text
        pod["containers"] = pod.pop("initContainers", []) + pod["containers"]
        for container in pod["containers"]:
            container.pop("restartPolicy", None)
            container.pop("ports", None)  # all are there: the pod gets the network of this test
            container["image"] = image_of[container["name"]]
            if container["image"] == DEBUG_IMAGE:
                container["command"] = ["sh", "-c", "trap exit TERM; sleep infinity & wait"]
        for volume in pod["volumes"]:
            if "secret" in volume:
                self.assertIsNotNone(secret)
                volume.pop("secret")
                volume["hostPath"] = {"path": str(secret), "type": "Directory"}
        pod["hostNetwork"] = True
        name = f"trunkd-{path.stem}"
        manifest = directory("manifest") / path.name
        whole = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": pod}
        settings["metadata"].pop("namespace", None)
        manifest.write_text(yaml.safe_dump_all([settings, whole]))
        podman("play", "kube", manifest)
        self.addCleanup(podman, "play", "kube", "--down", manifest)
        return name, {c["name"]: c for c in pod["containers"]}

    def assert_probes_succeed(self, name, container):
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            command = container[probe]["exec"]["command"]
            eventually(lambda: podman("exec", name, *command, check=False).returncode == 0,
                       what=f"{probe} {command}")

    def test_the_sidecars_pod_runs_and_its_probes_succeed(self):
        secret = directory("secret")
        (secret / "payments-token").write_text("t0ken\n")
        images = {"trunkd": IMAGE, "orders": DEBUG_IMAGE}
        pod, containers = self.play(SIDECAR, images, secret)
        self.assert_probes_succeed(f"{pod}-trunkd", containers["trunkd"])
        (url,) = [e["value"] for e in containers["orders"]["env"] if e["name"] == "PAYMENTS_URL"]
        for i in range(3):
            said = podman("exec", f"{pod}-orders", "curl", "-sS", f"{url}/{i}")
            self.assertEqual(said, f"GET /{i}")
        self.assertEqual(self.origin.accepted, 1)
        self.assertEqual(self.origin.requests[-1][1]["Authorization"], "Bearer t0ken")
        inspected = json.loads(podman("inspect", f"{pod}-trunkd"))[0]
        self.assertTrue(inspected["HostConfig"]["ReadonlyRootfs"])
        self.assertEqual(inspected["Config"]["User"], "65532:65532")
        self.assertEqual(inspected["EffectiveCaps"] or [], [])
        podman("stop", "--time", "30", f"{pod}-trunkd")
        inspected = json.loads(podman("inspect", f"{pod}-trunkd"))[0]
        self.assertEqual(inspected["State"]["ExitCode"], 0)

    def test_the_nodes_pod_runs_and_answers_to_its_service_name(self):
        pod, containers = self.play(NODE, {"trunkd": IMAGE})
        self.assert_probes_succeed(f"{pod}-trunkd", containers["trunkd"])
        service = of_kind(NODE, "Service")
        (port,) = [p["port"] for p in service["spec"]["ports"]]
        named = f"{service['metadata']['name']}.{service['metadata']['namespace']}"
        for host in (named, f"{named}.svc", f"{named}.svc.cluster.local"):
            answer = get(port, "/a", {"Host": f"{host}:{port}"})
            self.assertEqual(answer, (200, "GET /a"))
        self.assertEqual(get(port, "/a", {"Host": "evil.example"})[0], 421)
        self.assertIn("trunkd_", get(9480, "/metrics")[1])

    def test_the_files_agree_with_themselves(self):
        for path in (SIDECAR, NODE):
            pod = template(path)
            settings = yaml.safe_load(of_kind(path, "ConfigMap")["data"]["trunkd.yaml"])
            drain = int(settings["drain_timeout"].removesuffix("s"))
            self.assertGreater(pod["terminationGracePeriodSeconds"], drain)
            (trunkd,) = [
                c for c in pod.get("initContainers", []) + pod["containers"] if c["name"] == "trunkd"
            ]
            mounted = {mount["mountPath"]: mount["name"] for mount in trunkd["volumeMounts"]}
            self.assertLessEqual({"/etc/trunkd", "/run/trunkd", "/var/lib/trunkd"}, mounted.keys())
            self.assertLessEqual(set(mounted.values()), {volume["name"] for volume in pod["volumes"]})
        self.assertEqual(template(SIDECAR)["initContainers"][0]["restartPolicy"], "Always")
