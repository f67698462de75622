"""A real mail server: Debian's Exim, unpacked and not installed, on ports of its own and in a folder of the test's.

Without any right: where the tests run as root, it is started as nobody. It asks for a user Debian-exim, which a machine
where Exim is not installed does not have: libnss_wrapper shows it one. What it accepts goes into a Maildir; how the sender
logged in stands in the header X-Login.
"""

import email
import email.message
import email.policy
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from programs import UNPACKED, Program
from waiting import free_ports, wait_until

# An answer to every mistake in a message that Python's email package can find.
STRICT = email.policy.SMTP.clone(raise_on_defect=True)
NOBODY = 65534

# Packages beside Exim's own: what it needs and a bare machine may lack. See tests/run.sh.
LIBRARIES = UNPACKED.parent / "lib/x86_64-linux-gnu"

CONFIG = r"""
primary_hostname = mail.example.com
exim_path = {folder}/exim
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/exim.pid
keep_environment = LD_LIBRARY_PATH : LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
add_environment = PATH=/usr/bin:/bin
local_interfaces = 127.0.0.1
daemon_smtp_ports = {starttls} : {login_only} : {implicit}
tls_on_connect_ports = {implicit}
tls_advertise_hosts = *
tls_certificate = {folder}/certificate.pem
tls_privatekey = {folder}/key.pem
deliver_drop_privilege = true
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max = 100
smtp_accept_max_per_connection = {mails_per_connection}
smtp_accept_queue_per_connection = 0
message_size_limit = 1M
log_selector = +smtp_connection +received_recipients
acl_smtp_rcpt = recipient
acl_smtp_data = message
begin acl
recipient:
  deny
    !authenticated = *
    message = log in first
  deny
    local_parts = gone
    message = no such mailbox
  accept
message:
  accept
    add_header = X-Login: $sender_host_authenticated $received_port
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = ${{if and{{{{def:tls_in_cipher}}{{!eq{{$received_port}}{{{login_only}}}}}}}}}
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{tocsin}}}}{{eq{{$auth3}}{{secret}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_advertise_condition = ${{if def:tls_in_cipher}}
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{tocsin}}}}{{eq{{$auth2}}{{secret}}}}}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{if eq{{$auth1}}{{tocsin}}{{secret}}fail}}
  server_set_id = $auth1
xoauth2:
  driver = plaintext
  public_name = XOAUTH2
  server_advertise_condition = ${{if def:tls_in_cipher}}
  server_prompts = :
  server_condition = ${{if match{{$auth1}}{{^user=tocsin\x01auth=Bearer good-token\x01\x01\$}}}}
  server_set_id = tocsin
begin routers
everybody:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  create_directory
  batch_max = 100
  user = {user}
  group = {user}
"""


class MailServer:
    """`ports` has starttls, implicit (TLS from the start) and login_only (STARTTLS, and no mechanism but LOGIN)."""

    def __init__(self, folder: Path, mails_per_connection: int = 1000) -> None:
        self.folder = folder / "mail-server"
        self.folder.mkdir()
        folder.chmod(0o711)  # its parents are open already
        self.user = NOBODY if os.getuid() == 0 else os.getuid()
        self.ports = dict(zip(("starttls", "login_only", "implicit"), free_ports(3)))
        shutil.copyfile(UNPACKED.parent / "sbin/exim4", self.folder / "exim")  # a copy is not setuid
        (self.folder / "exim").chmod(0o755)
        self.make_certificate()
        (self.folder / "passwd").write_text(
            f"Debian-exim:x:{self.user}:{self.user}::/:/bin/false\nroot:x:0:0::/root:/bin/sh\n")
        (self.folder / "group").write_text(f"Debian-exim:x:{self.user}:\nroot:x:0:\n")
        text = CONFIG.format(folder=self.folder, user=self.user, mails_per_connection=mails_per_connection, **self.ports)
        (self.folder / "exim.conf").write_text(text)
        if os.getuid() == 0:
            for path in (self.folder, self.folder / "key.pem"):
                os.chown(path, self.user, self.user)
        wrapper = {
            "LD_LIBRARY_PATH": LIBRARIES,
            "LD_PRELOAD": LIBRARIES / "libnss_wrapper.so",
            "NSS_WRAPPER_PASSWD": self.folder / "passwd",
            "NSS_WRAPPER_GROUP": self.folder / "group",
        }
        command: list[Any] = ["/usr/bin/env", *(f"{name}={value}" for name, value in wrapper.items())]
        if os.getuid() == 0:
            command = ["/usr/bin/setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
        command += [self.folder / "exim", "-C", self.folder / "exim.conf", "-bdf"]
        self.program = Program("exim", command, folder)

    def make_certificate(self) -> None:
        self.certificate = self.folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            + ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
            + ["-keyout", self.folder / "key.pem", "-out", self.certificate],
            check=True,
            capture_output=True,
        )

    def start(self) -> None:
        self.program.start()
        self.program.wait_until_up("Exim listens", lambda: "listening for SMTP" in self.log())

    def log(self) -> str:
        path = self.folder / "mainlog"
        return path.read_text(errors="replace") if path.exists() else ""

    def connections(self) -> int:
        """So far. With TLS and log-in for each of them."""
        return len(re.findall(r"SMTP connection from \S+ \(TCP/IP connection count", self.log()))

    def smarthost(self, port: str) -> str:
        return f"127.0.0.1:{self.ports[port]}"

    def mails(self) -> list[email.message.EmailMessage]:
        """Whatever was accepted and delivered, in order of arrival; reading raises on any defect."""
        files = sorted((self.folder / "mail/new").glob("*"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return [email.message_from_bytes(path.read_bytes(), policy=STRICT) for path in files]

    def wait_for(self, count: int) -> list[email.message.EmailMessage]:
        return wait_until(f"{count} mails", lambda: (found := self.mails()) and len(found) >= count and found)

