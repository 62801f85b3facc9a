"""The table of commands: where each is implemented, and its one line of help."""

from collections.abc import Mapping
from typing import NamedTuple


class Command(NamedTuple):
    """A command: ``module:function`` below ``promoter.cli``, and its one line of help.

    ``passes_options`` leaves options that it does not know to the program that it runs. One that
    ``changes`` something finishes and keeps its exit code even where its output is lost.
    """

    target: str
    help: str
    passes_options: bool = False
    changes: bool = False


class CommandGroup(NamedTuple):
    """A command with subcommands; ``default`` is the one that runs when none is named."""

    help: str
    commands: Mapping[str, Command]
    default: str = ""


_ENVIRONMENT = {
    "add": Command("environment:add", "Add an environment as a copy of another one.", changes=True),
    "values": Command("environment:values", "Print the Helm values of an environment."),
}
_VERSION = {
    "next": Command(
        "version:next_command", "Print the next version; exit 2 if no commit requires one."
    ),
    "current": Command("version:current_command", "Print the version on the version branch."),
}
_RELEASE = {
    "init": Command(
        "release_init:init_command",
        "Propose ci/release/release.yml for a repository.",
        changes=True,
    ),
    "candidate": Command(
        "release:candidate_command", "Tag the next candidate and push its images.", changes=True
    ),
    "prepare-apps": Command(
        "release:prepare_apps_command", "Write the version into .env files.", changes=True
    ),
    "promote": Command(
        "release:promote_command",
        "Open the pull request whose merge releases a candidate.",
        changes=True,
    ),
    "file-check": Command(
        "release:file_check_command", "Check that a promotion touches only docs."
    ),
    "draft": Command(
        "release:draft_command", "Create the draft of a release, with its files.", changes=True
    ),
    "build-args": Command(
        "release_build_args:build_args_command",
        "Write the build arguments of an image to a file.",
        changes=True,
    ),
    "final": Command(
        "release:final_command", "Release a merged promote-rc pull request.", changes=True
    ),
    "show": Command("release:show_command", "Show a published release and its image digests."),
    "bump-chart": Command(
        "release:bump_chart_command", "Open the pull request that pins a release.", changes=True
    ),
    "check-modules": Command(
        "release:check_modules_command", "Check the chart's changed Terraform modules."
    ),
    "automerge": Command(
        "release:automerge_command", "Merge the bot's pull request of the chart.", changes=True
    ),
}
_VENDOR = {
    "sync": Command(
        "vendor:sync_command",
        "Fetch what vendir.yml names and write vendir.lock.yml.",
        changes=True,
    ),
    "check": Command("vendor:check_command", "Check that every vendored file is the locked one."),
    "set-ref": Command(
        "vendor:set_ref_command", "Write a dependency's ref to vendir.yml.", changes=True
    ),
    "commit": Command("vendor:commit_command", "Commit what sync vendored.", changes=True),
    "bump": Command(
        "vendor:bump_command",
        "Vendor another ref in one commit; exit 2 if it is vendored.",
        changes=True,
    ),
}
_TESTFLIGHT = {
    "run": Command(
        "testflight:run_command", "Install a chart, smoketest it and destroy it.", changes=True
    ),
    "sweep": Command(
        "testflight:sweep_command", "Remove what killed testflights left behind.", changes=True
    ),
    "smoketest": Command("testflight:smoketest_command", "Test every endpoint of an installation."),
}
_PIPELINE = {
    "generate": Command("pipeline:generate", "Render every pipeline with ytt.", changes=True),
    "check": Command("pipeline:check_command", "Check that every pipeline is rendered and sound."),
    "exec": Command("task:exec_command", "Run a command with the task's credentials.", True),
    "gke-credential": Command("task:gke_credential_command", "Print a credential for GKE."),
    "wait-cachix-paths": Command("task:wait_command", "Wait for paths in a Cachix cache."),
    "comment": Command("report:comment_command", "Put a comment on a pull request.", changes=True),
    "pins": Command("pins:pins_command", "Print the pins of our images, each verified."),
    "report": Command(
        "report:report_command", "Show on GitHub what waits for votes.", changes=True
    ),
    "graph": Command(
        "pipeline:graph_command", "Write the graph of all pipelines into the docs.", changes=True
    ),
}
_PLATFORM = {
    "up": Command("platform:up", "Start every part that is not running.", changes=True),
    "down": Command("platform:down", "Stop every part; data is kept.", changes=True),
    "status": Command("platform:status", "Show each part; exit 1 if one has died."),
}
_PROVIDERS = {
    "lock": Command("providers:lock", "Write the lock of each platform's providers.", changes=True),
}
_WEB = {
    "serve": Command("web:serve", "Serve the pages until interrupted."),
    "export": Command("web:export", "Write every page as a file.", changes=True),
}
_TOOLCHAIN = {
    "list": Command("toolchain:list_programs", "Show each program and where it comes from."),
    "build": Command("toolchain:build", "Find or build programs now.", changes=True),
    "path": Command("toolchain:path", "Print the path of a program; build it if necessary."),
}

SECTIONS: Mapping[str, Mapping[str, Command | CommandGroup]] = {
    "Set up": {
        "init": Command(
            "init:init", "Create the gates branch and list signing keys.", changes=True
        ),
        "environment": CommandGroup("Add environments, and print their Helm values.", _ENVIRONMENT),
        "doctor": Command("doctor:doctor", "Check what a first real run needs."),
    },
    "Deploy": {
        "deploy": Command("deploy:deploy", "Deploy an environment and record it.", changes=True),
        "plan": Command("plan:plan", "Show what each environment would take, and what holds it."),
        "why": Command("plan:why", "Show one environment file by file."),
        "status": Command("status:status", "Show what each environment runs."),
    },
    "Approve": {
        "approve": Command("approve:approve", "Approve a change for an environment.", changes=True),
        "stop": Command("stop:stop", "Stop deploys at once.", changes=True),
        "resume": Command("stop:resume", "Lift stops.", changes=True),
    },
    "Release": {
        "release": CommandGroup(
            "Build candidates and releases, and pin them in the chart.", _RELEASE
        ),
        "version": CommandGroup("Compute versions from conventional commits.", _VERSION),
        "commits": CommandGroup(
            "Check commit messages.",
            {"check": Command("commits:check_command", "Check that every commit is conventional.")},
        ),
        "verify": CommandGroup(
            "Verify signatures and provenance.",
            {
                "approval": Command(
                    "verify:approval_command", "Verify the approvals of an environment's gate."
                ),
                "image": Command(
                    "verify:image_command", "Verify an image's signature and provenance."
                ),
            },
        ),
    },
    "Vendor": {
        "vendor": CommandGroup("Sync, check and bump the charts in vendir.yml.", _VENDOR),
        "preview": Command("preview:preview", "Show what a chart's ref would change."),
        "testflight": CommandGroup("Test a chart in a throwaway namespace.", _TESTFLIGHT),
    },
    "Inspect": {
        "trace": Command("trace:trace", "Trace an environment back to its source commits."),
        "audit": Command("audit:audit", "Decide every recorded deployment again."),
        "rules": CommandGroup(
            "Try rules of approvals, windows and soaks.",
            {"test": Command("audit:test", "Replay past deployments under the rules at HEAD.")},
        ),
        "metrics": Command("metrics:metrics", "Show the delivery metrics."),
        "web": CommandGroup("Show deployments in a browser.", _WEB, "serve"),
        "lint": Command("lint:lint", "Find holes in the gate."),
        "pipeline": CommandGroup("Render and check the Concourse pipelines.", _PIPELINE),
    },
    "Platform": {
        "platform": CommandGroup("Run Kubernetes and an OCI registry on loopback.", _PLATFORM),
        "providers": CommandGroup("Lock the providers of Terraform.", _PROVIDERS),
        "toolchain": CommandGroup("Find or build the outside programs.", _TOOLCHAIN, "list"),
    },
}
