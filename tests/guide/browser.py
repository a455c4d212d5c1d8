# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, driven by the WebDriver protocol."""
import base64
import json
import os
import re
import shutil
import subprocess
import urllib.request

START_LIMIT = 60
CALL_LIMIT = 60


class Browser:
    """Use it in a `with`. Not for several threads."""

    def __init__(self):
        self.driver = None
        self.session = None

    @staticmethod
    def missing():
        """Why there is no browser here; None: there is one."""
        if not shutil.which("chromedriver"):
            return "there is no chromedriver: .ci/install --with-docs brings Debian's"
        return None

    def __enter__(self):
        # pylint: disable-next=consider-using-with
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       encoding="utf-8")
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self):
        port = None
        for line in self.driver.stdout:
            if found := re.search(r"started successfully on port (\d+)", line):
                port = found[1]
                break
        if port is None:
            raise RuntimeError("chromedriver has not started")
        self.address = f"http://127.0.0.1:{port}"
        arguments = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--force-color-profile=srgb", "--no-proxy-server"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # Chromium's own sandbox cannot be had by root
        self.session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": {"args": arguments, "perfLoggingPrefs": {"enablePage": False}},
            "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"}}}}, START_LIMIT)["sessionId"]

    def __exit__(self, *_):
        try:
            if self.session:
                self._call("DELETE", f"/session/{self.session}")
        finally:
            self.driver.terminate()
            self.driver.wait(CALL_LIMIT)
            self.driver.stdout.close()

    def _call(self, method, path, value=None, limit=CALL_LIMIT):
        body = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(self.address + path, data=body, method=method,
                                         headers={"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=limit) as answer:
            return json.load(answer)["value"]

    def _post(self, path, value):
        return self._call("POST", f"/session/{self.session}{path}", value)

    def resize(self, width, height):
        """Whatever the least width of a window is."""
        self._post("/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}})

    def open(self, url):
        self._post("/url", {"url": url})

    def address_of_page(self):
        return self._call("GET", f"/session/{self.session}/url")

    def run(self, script, *arguments):
        """What the script returns."""
        return self._post("/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector):
        """An element, as `run` takes one."""
        return self._post("/element", {"using": "css selector", "value": selector})

    def type(self, selector, text):
        self._post(f"/element/{next(iter(self.find(selector).values()))}/value", {"text": text})

    def enter(self, frame):
        """Looks into a frame; None: at the whole page."""
        self._post("/frame", {"id": frame})

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self._call("GET", f"/session/{self.session}/screenshot")))

    def requests(self):
        """What the pages have asked for since the last time, and what has failed: two lists."""
        asked, failed, urls = [], [], {}
        for entry in self._post("/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            parameters = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                urls[parameters["requestId"]] = parameters["request"]["url"]
                asked.append(parameters["request"]["url"])
            elif message["method"] == "Network.loadingFailed" and not parameters.get("canceled"):
                failed.append(f"{urls.get(parameters['requestId'])}: {parameters['errorText']}")
        return asked, failed

    def complaints(self):
        """Errors of scripts since the last time."""
        return [entry["message"] for entry in self._post("/se/log", {"type": "browser"}) if entry["level"] == "SEVERE"]
