# SPDX-License-Identifier: Apache-2.0
"""Debian's proxies: tinyproxy and squid."""
import glob
import os
import pwd
import shutil
import signal
import subprocess

from programs import HANG_GUARD, UNPACKED, Server, find

TINYPROXY = """
Port {port}
Listen 127.0.0.1
Allow 127.0.0.1
Timeout 60
MaxClients 20
LogLevel Connect
{settings}
"""
SQUID = """
http_port 127.0.0.1:{port}
visible_hostname proxy.test
pid_filename none
cache_log {directory}/cache.log
access_log stdio:{directory}/access.log
cache_store_log none
coredump_dir {directory}
cache deny all
cache_mem 1 MB
max_filedescriptors 256
pinger_enable off
netdb_filename none
shutdown_lifetime 0 seconds
connect_timeout 5 seconds
cache_effective_user {user}
unlinkd_program /bin/true
mime_table {share}/mime.conf
icon_directory {share}/icons
error_directory {share}/errors/templates
acl tunnel method CONNECT
{settings}
http_access deny all
"""


class Tinyproxy:
    name = "tinyproxy"
    user, password = "user", "open-sesame"
    # How it says that the target cannot be reached.
    unreachable = 500
    refused = 403

    @classmethod
    def start(cls, directory, port, allowed, authenticated):
        """Listens at `port` and leads to the ports in `allowed`."""
        settings = [f"ConnectPort {each}" for each in allowed]
        if authenticated:
            settings.append(f"BasicAuth {cls.user} {cls.password}")
        path = os.path.join(directory, "tinyproxy.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(TINYPROXY.format(port=port, settings="\n".join(settings)))
        return Server(directory, [find("tinyproxy"), "-d", "-c", path], ("127.0.0.1", port), ending=signal.SIGKILL)


class SquidServer(Server):
    """A running squid. It takes its time to end, so it is killed, and what it then leaves behind is removed."""

    def __init__(self, directory, configuration, port):
        self.service = f"florin{port}"
        super().__init__(directory, [find("squid"), "-N", "-n", self.service, "-f", configuration],
                         ("127.0.0.1", port), ending=signal.SIGKILL)

    def stop(self):
        super().stop()
        for segment in glob.glob(f"/dev/shm/{self.service}-*"):
            os.remove(segment)


class Squid:
    name = "squid"
    user, password = "proxy user", "open sesame: \u00fc%"
    unreachable = 503
    refused = 403

    @staticmethod
    def helper():
        for folder in ("/usr/lib/squid", str(UNPACKED / "usr/lib/squid")):
            path = os.path.join(folder, "basic_ncsa_auth")
            if os.path.exists(path):
                return path
        raise OSError("squid's basic_ncsa_auth is not here")

    @classmethod
    def start(cls, directory, port, allowed, authenticated):
        """Listens at `port` and leads to the ports in `allowed`."""
        settings = [f"acl allowed port {' '.join(str(each) for each in allowed)}", "http_access deny !allowed"]
        if authenticated:
            # As another user it may not be able to go where the helper is.
            helper = shutil.copy(cls.helper(), directory)
            hashed = subprocess.run(["openssl", "passwd", "-apr1", cls.password], stdout=subprocess.PIPE, text=True,
                                    timeout=HANG_GUARD, check=True).stdout
            passwords = os.path.join(directory, "passwords")
            with open(passwords, "w", encoding="utf-8") as file:
                file.write(f"{cls.user}:{hashed}")
            settings += [f"auth_param basic program {helper} {passwords}", "auth_param basic children 1",
                         "auth_param basic utf8 on", "acl known proxy_auth REQUIRED", "http_access allow tunnel known"]
        else:
            settings.append("http_access allow tunnel")
        share = "/usr/share/squid"
        path = os.path.join(directory, "squid.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SQUID.format(port=port, directory=directory, settings="\n".join(settings),
                                    user="proxy" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name,
                                    share=share if os.path.exists(share) else str(UNPACKED) + share))
        os.chmod(directory, 0o777)  # it gives up being root
        return SquidServer(directory, path, port)


PROXIES = (Tinyproxy, Squid)
