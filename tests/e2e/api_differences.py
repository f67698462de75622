"""What an HTTP API was asked and answered, as two servers' answers are compared; and the differences that shall be.

Each difference is a function with its reason: it looks whether it is about this request and this pair of answers, and
then takes itself away from them.
"""

import json
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = "11111111-2222-4333-8444-555555555555"  # the id of no silence
ORIGIN = {"Origin": "http://dashboard.example.com"}
JSON = {"Content-Type": "application/json"}


@dataclass
class Request:
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    listed: bool = False  # the answer's alerts or silences themselves are compared, not only their shape

    def __str__(self) -> str:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        body = "" if self.body is None else f" {text}"
        headers = "".join(f" {name}: {value}" for name, value in self.headers.items() if self.headers != JSON)
        return f"{self.method} {self.path}{body[:120]}{headers}"


@dataclass
class Reply:
    status: int
    content_type: str
    shape: Any
    content: Any
    cors: dict[str, str | None]
    text: str


def shape(value: Any) -> Any:
    """Keys and types. The shape of a list is that of its elements, each kind once."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in sorted(value.items())}
    if isinstance(value, list):
        kinds = {json.dumps(shape(one), sort_keys=True) for one in value}
        return [json.loads(kind) for kind in sorted(kinds)]
    return type(value).__name__


def listed(value: Any) -> Any:
    """What a list of alerts, groups or silences has in it, and in which order."""
    if isinstance(value, dict) and "alerts" in value:
        return {"labels": value["labels"], "receiver": value["receiver"]["name"], "alerts": listed(value["alerts"])}
    if isinstance(value, dict) and "labels" in value:
        status = value["status"]
        counts = [len(status["silencedBy"]), len(status["inhibitedBy"])]
        receivers = [one["name"] for one in value["receivers"]]
        return [value["labels"].get("alertname"), status["state"], *counts, value["fingerprint"], *receivers]
    if isinstance(value, dict) and "comment" in value:
        return [value["comment"], value["status"]["state"], value["matchers"]]
    return [listed(one) for one in value] if isinstance(value, list) else value


# --- Differences that shall be. ---------------------------------------------------------------------------------------


def newer_keys(request: Request, theirs: Reply, ours: Reply) -> None:
    """Later releases of Alertmanager than Debian's have more keys in their answers (spec §12.2, §16)."""
    added = {
        "mutedBy",  # of an alert's status, 0.28
        "routeLabels",  # of a group, 0.34
        "annotations",  # of a silence, 0.32
        "labels",  # of a receiver, 0.33
    }

    def without(theirs_part: Any, ours_part: Any) -> Any:
        if isinstance(ours_part, dict) and isinstance(theirs_part, dict):
            kept = {key: one for key, one in ours_part.items() if key in theirs_part or key not in added}
            return {key: without(theirs_part.get(key), one) for key, one in kept.items()}
        if isinstance(ours_part, list) and isinstance(theirs_part, list) and theirs_part:
            kinds = {json.dumps(without(theirs_part[0], one), sort_keys=True) for one in ours_part}
            return [json.loads(kind) for kind in sorted(kinds)]
        return ours_part

    ours.shape = without(theirs.shape, ours.shape)


def cluster_of_one(request: Request, theirs: Reply, ours: Reply) -> None:
    """Without clustering Debian's Alertmanager names no peer and no name; tools want at least the instance itself."""
    if all(isinstance(one.shape, dict) and "cluster" in one.shape for one in (theirs, ours)):
        if ours.shape["cluster"] == {"name": "str", "peers": [{"address": "str", "name": "str"}], "status": "str"}:
            ours.shape["cluster"] = theirs.shape["cluster"]


def unknown_silence_is_404(request: Request, theirs: Reply, ours: Reply) -> None:
    """DELETE of an unknown silence: 404 since 0.26, 500 in Debian's (spec §16)."""
    if request.method == "DELETE" and UNKNOWN in request.path and ours.status == 404:
        theirs.status, theirs.shape, theirs.content_type = ours.status, ours.shape, ours.content_type


def names_beyond_classic(request: Request, theirs: Reply, ours: Reply) -> None:
    """Since 0.27 a filter may name any UTF-8 label (spec §2); Debian's knows the classic names only."""
    if request.path.endswith(("filter=1a%3Db", "filter=%C3%A4%3Db")) and ours.status == 200 and theirs.status == 400:
        theirs.status, theirs.shape, theirs.content = ours.status, ours.shape, []


def crashes_are_not_copied(request: Request, theirs: Reply, ours: Reply) -> None:
    """A null among the alerts crashes Alertmanager's handler, which hangs up; here it is a mistake like others."""
    if theirs.status == 0 and ours.status in (400, 422):
        theirs.status, theirs.shape, theirs.content_type = ours.status, ours.shape, ours.content_type


def reasons_for_404(request: Request, theirs: Reply, ours: Reply) -> None:
    """A 404 and a 405 of ours have a reason in their body where theirs is empty."""
    if theirs.status == ours.status and ours.status in (404, 405) and not theirs.text.strip():
        theirs.shape, theirs.content_type = ours.shape, ours.content_type


def mistakes_of_form_are_strings(request: Request, theirs: Reply, ours: Reply) -> None:
    """The body of a 400 is a string by the API's description, and amtool can show nothing else.

    Alertmanager keeps to that in what it checks itself, but not where its JSON reader gives up.
    """
    no_string = theirs.shape == {"code": "int", "message": "str"}
    if no_string and (theirs.status, ours.status, ours.shape) == (400, 400, "str"):
        theirs.shape = ours.shape


def null_is_no_list(request: Request, theirs: Reply, ours: Reply) -> None:
    """Alertmanager takes `null` for no alerts; who posts that has a mistake to hear of."""
    if request.body == "null" and (theirs.status, ours.status) == (200, 400):
        theirs.status, theirs.shape, theirs.content_type = ours.status, ours.shape, ours.content_type


def a_bad_link_costs_no_page(request: Request, theirs: Reply, ours: Reply) -> None:
    """A generatorURL that is none makes Alertmanager refuse the whole batch; here the alerts are taken."""
    if '"no url"' in json.dumps(request.body) and (theirs.status, ours.status) == (422, 200):
        theirs.status, theirs.shape, theirs.content_type = ours.status, ours.shape, ours.content_type


def nonsense_is_no_flag(request: Request, theirs: Reply, ours: Reply) -> None:
    """Alertmanager reads every word that is not yes as no, and so hides alerts for a slip; here that is a 422."""
    if request.path.endswith("=maybe") and (theirs.status, ours.status) == (200, 422):
        theirs.status, theirs.shape, theirs.content = ours.status, ours.shape, ours.content


def head_is_served(request: Request, theirs: Reply, ours: Reply) -> None:
    """HEAD is answered wherever GET is, as HTTP wants it; Alertmanager's API says 405."""
    if request.method == "HEAD" and (theirs.status, ours.status) == (405, 200):
        theirs.status = ours.status


def options_are_answered(request: Request, theirs: Reply, ours: Reply) -> None:
    """OPTIONS get 204, 200 or 405: a browser looks only at the headers, which must allow what it asks for."""
    asked = request.headers.get("Access-Control-Request-Method")
    if request.method == "OPTIONS" and ours.status in (200, 204, theirs.status):
        theirs.status, theirs.shape, theirs.content_type = ours.status, ours.shape, ours.content_type
        if asked and asked in (ours.cors["Access-Control-Allow-Methods"] or ""):
            theirs.cors = {**ours.cors, "Access-Control-Allow-Origin": theirs.cors["Access-Control-Allow-Origin"]}


def newer_headers(request: Request, theirs: Reply, ours: Reply) -> None:
    """Since 0.26 every answer names the allowed methods and headers, not only a preflight's."""
    if request.method == "GET" and request.headers == ORIGIN:
        theirs.cors = {**ours.cors, "Access-Control-Allow-Origin": theirs.cors["Access-Control-Allow-Origin"]}


def accept_is_no_reason_to_refuse(request: Request, theirs: Reply, ours: Reply) -> None:
    """Who does not accept JSON gets it all the same, as HTTP allows; Alertmanager says 406."""
    if "Accept" in request.headers and (theirs.status, ours.status) == (406, 200):
        theirs.status, theirs.shape = ours.status, ours.shape


def reload_says_ok(request: Request, theirs: Reply, ours: Reply) -> None:
    """A reload that went well says so."""
    if request.path == "/-/reload" and ours.text.strip() == "OK" and not theirs.text:
        theirs.content_type = ours.content_type


def muted_is_a_parameter(request: Request, theirs: Reply, ours: Reply) -> None:
    """`muted` of /alerts/groups has been there since 0.28; Debian's Alertmanager shows what is muted by time always."""
    if "/groups?" in request.path and request.path.endswith(("muted=false", "muted=no")):
        theirs.shape, theirs.content = ours.shape, ours.content
    elif "muted=" in request.path and ours.status in (400, 422):
        theirs.status, theirs.shape, theirs.content = ours.status, ours.shape, ours.content


def muted_by_time_is_suppressed(request: Request, theirs: Reply, ours: Reply) -> None:
    """What a time interval mutes is suppressed, and says by what, in both lists (0.28 in groups; spec §18 in alerts).

    Debian's Alertmanager calls it active, and so leaves it out where active alerts are not wanted.
    """
    if not request.listed or ours.status != 200 or '"mutedBy":["' not in ours.text:
        return
    alerts = json.loads(ours.text)
    alerts = [one for part in alerts for one in part.get("alerts", [part])]
    muted = {one["fingerprint"] for one in alerts if one["status"]["mutedBy"]}

    def rest(content: Any) -> Any:
        if isinstance(content, dict):
            return {**content, "alerts": rest(content["alerts"])}
        if content and not isinstance(content[0], str):
            parts = [rest(one) for one in content if not (isinstance(one, list) and one[4] in muted)]
            return [one for one in parts if not (isinstance(one, dict) and not one["alerts"])]
        return content

    theirs.content, ours.content = rest(theirs.content), rest(ours.content)
    if "active=" in request.path:
        theirs.shape = ours.shape


def silences_are_found_by_what_they_match(request: Request, theirs: Reply, ours: Reply) -> None:
    """`team=z` finds a silence with team=~"z|q" too; Alertmanager compares the texts of matchers (spec §2)."""
    if request.path.endswith("/silences?filter=team=z") and theirs.content == [] and len(ours.content) == 1:
        theirs.shape, theirs.content = ours.shape, ours.content


def silences_beyond_classic(request: Request, theirs: Reply, ours: Reply) -> None:
    """Since 0.27 a silence may match any UTF-8 label (spec §2); Debian's knows the classic names only."""
    if request.method == "POST" and '"name": "1a"' in json.dumps(request.body) and (theirs.status, ours.status) == (400, 200):
        theirs.status, theirs.shape, theirs.content_type = ours.status, ours.shape, ours.content_type


ALLOWED = [
    newer_keys,
    cluster_of_one,
    unknown_silence_is_404,
    names_beyond_classic,
    crashes_are_not_copied,
    mistakes_of_form_are_strings,
    null_is_no_list,
    a_bad_link_costs_no_page,
    nonsense_is_no_flag,
    head_is_served,
    options_are_answered,
    newer_headers,
    accept_is_no_reason_to_refuse,
    reload_says_ok,
    reasons_for_404,
    muted_is_a_parameter,
    muted_by_time_is_suppressed,
    silences_are_found_by_what_they_match,
    silences_beyond_classic,
]
