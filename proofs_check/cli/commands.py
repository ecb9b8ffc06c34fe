"""The commands; each imports what it needs when it runs."""

from pathlib import Path
from typing import Any

import click

from proofs_check.cli import options
from proofs_check.cli.group import Group, nearest, shown
from proofs_check.cli.writing import print_json, write_json, write_text
from theory.errors import InputError

SECTIONS = ("papers", "claims", "activations", "architectures")
FORMATS = ("text", "latex", "json")
DRAWINGS = ("text", "dot", "svg")

_ledger = click.option(
    "--ledger",
    type=options.PATH,
    help="Where verdicts are kept [default: $NTKPROOF_LEDGER, else the user's state directory].",
)
_jobs = click.option("--jobs", type=options.JOBS, help="Worker processes [default: one a core].")
_effort = click.option(
    "--effort", type=options.SECONDS, default="20", show_default=True, help="Seconds of search for one claim."
)


@click.group(cls=Group, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, help="Show the version and exit.")
@click.pass_context
def cli(context: click.Context, version: bool) -> int:
    """Machine-checked depth theory of neural tangent kernels."""
    if version:
        from proofs_check.cli.version import version_line

        click.echo(version_line())
        context.exit(0)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    return 0


@cli.command()
@click.argument("targets", nargs=-1, metavar="[PAPER | CLAIM | FILE.toml | FILE.py]...")
@click.option(
    "--digits", type=options.DIGITS, default="50", show_default=True, help="Working precision of the numerical engines."
)
@_jobs
@click.option("--engine", "engines", multiple=True, metavar="NAME", help="Ask this engine only; may be repeated.")
@_effort
@click.option("--seed", type=options.SEED, default="0", show_default=True, help="Seed of every search.")
@click.option("--json", "output", type=options.OUTPUT, help="Write the verdicts as JSON to FILE, or to stdout for -.")
@click.option("--junit", type=options.OUTPUT, help="Write the verdicts as JUnit XML to FILE.")
@click.option(
    "--baseline", type=options.PATH, help="Fail where a verdict, a bound or a meaning got worse than in FILE."
)
@click.option("--update-baseline", is_flag=True, help="Write the baseline instead of comparing with it.")
@click.option("--watch", is_flag=True, help="Judge again what changes in the claim files, until interrupted.")
@click.option("--fresh", is_flag=True, help="Judge again what the ledger has.")
@_ledger
def verify(
    targets: tuple[str, ...],
    digits: int,
    jobs: int | None,
    engines: tuple[str, ...],
    effort: float,
    seed: int,
    output: str | None,
    junit: str | None,
    baseline: Path | None,
    update_baseline: bool,
    watch: bool,
    fresh: bool,
    ledger: Path | None,
) -> int:
    """Judge claims: of every paper, or of the papers, claims and claim files named.

    FILE.toml#ID is one claim of a file. A Python claim file is run with your rights: verify only files that you trust.
    Exit status 0: every verdict is the expected one; 1: some is not, or is worse than in the baseline; 2: the request cannot
    be read.
    """
    from proofs_check.cli import verifying

    settings = _settings(digits, effort, engines, seed, jobs, fresh, ledger)
    if watch:
        from proofs_check.cli.watching import watch_files

        verifying.refuse_beside_watch({"--json": output, "--junit": junit, "--baseline": baseline})
        return watch_files(targets, settings)
    outputs = verifying.Outputs(json=output, junit=junit, baseline=baseline, update_baseline=update_baseline)
    return verifying.verify_targets(targets, settings, outputs)


@cli.command()
@click.argument("name", metavar="NAME[.toml | .py]")
def init(name: str) -> int:
    """Write a commented claim file that verifies, to start from: claims, a false one, a lemma, a proof, an induction.

    NAME.toml, or NAME.py for one in Python. A file that exists is never overwritten.
    """
    from proofs_check.cli.starting import write_template

    path = write_template(Path(name))
    click.echo(f"{path}: written; ntkproof verify {path} judges it")
    return 0


@cli.command()
@click.argument("target", metavar="CLAIM | FILE.toml[#ID] | FILE.py[#ID]")
@click.option("--json", "as_json", is_flag=True, help="As JSON, in the form of verify --json.")
@_effort
@click.option("--fresh", is_flag=True, help="Judge again what the ledger has.")
@_ledger
def show(target: str, as_json: bool, effort: float, fresh: bool, ledger: Path | None) -> int:
    """Explain a verdict: the statement, the reason in full, the evidence, the bounds and certificates used.

    The verdict comes from the ledger; a claim that is not there is judged.
    """
    from proofs_check.cli import requests, tables
    from proofs_check.cli.running import judge_all, require_ledger
    from proofs_check.cli.targets import resolve, shown_claims

    settings = _settings(50, effort, (), 0, None, fresh, ledger)
    require_ledger(settings)
    claims = shown_claims(target)
    judged = resolve((target,))
    answer = judge_all(judged, settings)
    found = {judgement.claim_id: judgement for judgement in answer.judgements}
    judgements = [found[claim.id] for claim in claims]
    if as_json:
        print_json(tables.verdicts_json(claims, judgements, min(answer.kept, len(claims))))
    else:
        click.echo(requests.explanation_of(target, claims, judgements, tables.width()))
    return 0


@cli.command()
@click.argument("targets", nargs=-1, metavar="[PAPER | CLAIM | FILE.toml | FILE.py]...")
@click.option(
    "--format", "form", default="text", show_default=True, metavar="text | dot | svg", help="Kind of drawing."
)
@click.option("-o", "--output", type=options.OUTPUT, default="-", show_default=True, help="Where it is written.")
@_jobs
@_effort
@_ledger
def lemmas(
    targets: tuple[str, ...], form: str, output: str, jobs: int | None, effort: float, ledger: Path | None
) -> int:
    """Draw which claim uses which, with the verdict of each: a tree of text, Graphviz, or a picture.

    Exit status 0: every verdict is the expected one; 1: some is not, and what falls with it is named on stderr.
    """
    from proofs_check import uses
    from proofs_check.cli.running import judge_all, require_ledger
    from proofs_check.cli.targets import resolve

    if form not in DRAWINGS:
        raise InputError(f"--format={shown(form)}: unknown format; {nearest(form, DRAWINGS)}")
    settings = _settings(50, effort, (), 0, jobs, False, ledger)
    require_ledger(settings)
    claims = resolve(targets)
    judgements = judge_all(claims, settings).judgements
    draw = {"text": uses.tree_text, "dot": uses.to_dot, "svg": uses.to_svg}[form]
    drawn = draw(claims, {judgement.claim_id: judgement.verdict for judgement in judgements}).rstrip("\n") + "\n"
    if output == "-":
        click.echo(drawn, nl=False)
    else:
        write_text(Path(output), drawn)
    for line in uses.fall_lines(claims, judgements):
        click.echo(line, err=True)
    return 0 if all(judgement.as_expected for judgement in judgements) else 1


@cli.command("list")
@click.argument("what", required=False, metavar="[papers | claims | activations | architectures]")
@click.argument("paper", required=False, metavar="[PAPER]")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(what: str | None, paper: str | None, as_json: bool) -> int:
    """Show the papers, claims, activations and architectures that have a name; ``list claims PAPER``: those of one paper."""
    from proofs_check.cli import listing, tables

    if what is not None and what not in SECTIONS:
        raise InputError(f"{shown(what)}: nothing to list; {nearest(what, SECTIONS)}")
    if paper is not None and what != "claims":
        raise InputError(f"{shown(paper)}: only claims are listed by paper; say list claims {shown(paper)}")
    sections = {name: listing.SECTIONS[name]() for name in SECTIONS if what in (None, name)}
    if paper is not None:
        sections["claims"] = listing.claims(paper)
    if as_json:
        print_json(sections)
    else:
        for name, rows in sections.items():
            tables.columns(name, [[str(value) for value in row.values()] for row in rows])
    return 0


@cli.command()
@click.argument("architecture", metavar="ARCH")
@click.option("--activation", default="relu", show_default=True, help="A name, name:parameter, or expr:EXPRESSION.")
@options.network_options
@click.option("--limit", "to_limit", is_flag=True, help="Derive the limit of infinite depth, too.")
@click.option(
    "--format", "form", default="text", show_default=True, metavar="text | latex | json", help="Format of the answer."
)
def derive(architecture: str, activation: str, words: options.NetworkWords, to_limit: bool, form: str) -> int:
    """Derive the kernel recursion of a network from its layers, step by step, and with --limit its depth limit.

    Without --gamma and --alpha a residual scale stays the letter alpha.
    """
    if form not in FORMATS:
        raise InputError(f"--format={shown(form)}: unknown format; {nearest(form, FORMATS)}")
    from proofs_check.cli import requests
    from proofs_check.cli.deriving import derivation_of

    asked = requests.requested_network(architecture, activation, words, symbolic=not to_limit)
    click.echo(derivation_of(asked, form, to_limit=to_limit))
    return 0


@cli.command()
@click.argument("architecture", metavar="ARCH")
@click.option("--activation", required=True, help="A name, name:parameter, or expr:EXPRESSION.")
@click.option("--depth", required=True, help="Number of layers L, such as 7, 1e6, 10^12.")
@click.option("--cos", help="Correlation of the two inputs, in [-1, 1].")
@click.option("--angle", help="Angle of the two inputs, in [0, pi].")
@options.network_options
@click.option(
    "--digits",
    type=options.DIGITS,
    default="30",
    show_default=True,
    help="Digits that are certain; of a value below 10^-N there may be fewer.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def kernel(
    architecture: str,
    activation: str,
    depth: str,
    cos: str | None,
    angle: str | None,
    words: options.NetworkWords,
    digits: int,
    as_json: bool,
) -> int:
    """Enclose the kernels of a network at one depth and one pair of inputs, rigorously.

    Numbers are exact: 0.3 is 3/10; + - * / ^ ( ), pi, sqrt, exp, log, cos, acos are understood.
    """
    from proofs_check.cli import requests

    request = requests.KernelRequest(
        architecture=architecture,
        activation=activation,
        depth=depth,
        cos=cos,
        angle=angle,
        words=words,
        digits=digits,
    )
    data = requests.kernel_values(request)
    if as_json:
        print_json(data)
    else:
        click.echo(requests.kernel_text(data))
    return 0


@cli.command()
@click.argument("architecture", metavar="ARCH")
@click.option("--activation", required=True, help="A name, name:parameter, or expr:EXPRESSION.")
@click.option("--cos", help="Correlation of the two inputs, in [-1, 1], for the constants that depend on it.")
@click.option("--angle", help="Angle of the two inputs, in [0, pi].")
@options.network_options
@click.option("--orders", type=options.ORDERS, default="3", show_default=True, help="Powers of 1/L behind the limit.")
@click.option("--digits", type=options.DIGITS, default="30", show_default=True, help="Digits of the balls.")
@click.option("--critical-line", is_flag=True, help="Instead: the variances at which ffnet is critical, by length.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def limit(
    architecture: str,
    activation: str,
    cos: str | None,
    angle: str | None,
    words: options.NetworkWords,
    orders: int,
    digits: int,
    critical_line: bool,
    as_json: bool,
) -> int:
    """Derive what becomes of the kernels of a network as its depth grows.

    ARCH is a name that ``ntkproof list architectures`` shows, such as ffnet or resnet.

    Exit status 0: derived; 1: open, with the reason and, at given inputs, numbers at finite depths.
    """
    from proofs_check.cli import limiting

    request = limiting.LimitRequest(
        architecture=architecture,
        activation=activation,
        cos=cos,
        angle=angle,
        words=words,
        orders=orders,
        digits=digits,
    )
    if critical_line:
        line = limiting.line_data(request)
        if as_json:
            print_json(line)
        else:
            click.echo(limiting.line_text(line, digits))
        return 0
    found, corr = limiting.limit_of(request)
    if as_json:
        print_json(limiting.limit_data(request, found, corr))
    else:
        click.echo(limiting.limit_text(request, found, corr))
    return 0 if found.status == "DERIVED" else 1


@cli.command()
@click.argument("target", required=False, metavar="[CLAIM | FILE.toml#ID]")
@click.option("-o", "--output", type=options.OUTPUT, help="Where the certificate is written, - for stdout.")
@click.option("--coq", "theorem", type=options.OUTPUT, help="Where the theorem is written as a Coq file, - for stdout.")
@click.option(
    "--learnability", "data", type=options.PATH, metavar="DATA.json", help="Instead of a claim: points and labels."
)
@click.option("--delta", help="With --learnability: least angle of new inputs from the data, such as 1/10.")
@click.option("--eps", help="With --learnability: by how much the ffnet predictions may differ, such as 1/100.")
@_effort
def certify(
    target: str | None,
    output: str | None,
    theorem: str | None,
    data: Path | None,
    delta: str | None,
    eps: str | None,
    effort: float,
) -> int:
    """Search for a certificate that proves the claim for every depth, and write it.

    With --coq, or instead, the claim's theorem is written for Coq, derived from the certificate's constants.

    With --learnability DATA.json --delta D --eps E: a certificate that from some depth on kernel regression with the ReLU
    ffnet predicts values less than E apart at any two inputs that are D away from the data, and that the residual network
    does not. DATA.json holds {"points": [["3/5", "4/5"], ...], "labels": ["1", ...]}; without labels, any in [-1, 1].
    """
    from proofs_check.cli import requests
    from proofs_check.cli.targets import one_claim

    if (target is None) == (data is None):
        raise InputError("certify: name a claim, or give --learnability DATA.json, one of the two")
    if (data is None) != (delta is None) or (data is None) != (eps is None):
        raise InputError("--delta, --eps: they belong to --learnability DATA.json, which needs both")
    if output is None and theorem is None:
        raise InputError("certify: nothing to write; give -o FILE.json, --coq FILE.v or both")
    if theorem is not None and target is None:
        raise InputError("--coq: only the theorem of a claim is written for Coq")
    text = None
    if target is not None:
        claim = one_claim(target)
        found = requests.certificate_for(claim, effort=effort)
        text = None if theorem is None else requests.coq_for(claim, found)
    else:
        found = requests.data_certificate(Path(str(data)), str(delta), str(eps))
    if output == "-":
        print_json(found)
    elif output is not None:
        write_json(Path(output), found)
        click.echo(f"{output}: certificate written; ntkproof check {output} verifies it")
    if theorem == "-":
        click.echo(text, nl=False)
    elif theorem is not None and text is not None:
        write_text(Path(theorem), text)
        click.echo(f"{theorem}: theorem written; ntkproof coq {theorem} compiles it")
    return 0


@cli.command()
@click.argument("files", nargs=-1, metavar="[FILE.v]...")
@click.option("--json", "as_json", is_flag=True, help="As JSON: file, theorem, statement, assumptions.")
def coq(files: tuple[str, ...], as_json: bool) -> int:
    """Compile the Coq development, and show the statement of each theorem and what it assumes.

    With FILE.v, compile that file, written by certify --coq, against the development. What is compiled once is kept.
    Exit status 0: all compiled, and nothing assumed but the classical reals and Interval's primitives; 1: not so, or no coqc.
    """
    from proofs_check.cli import proving

    if files:
        for name in files:
            click.echo(proving.compile_one(Path(name), click.echo))
        return 0
    found = proving.compile_all((lambda _: None) if as_json else click.echo)
    if as_json:
        print_json([proving.theorem_data(theorem) for theorem in found])
    else:
        for theorem in found:
            click.echo(proving.theorem_text(theorem))
    return 1 if any(theorem.unexpected for theorem in found) else 0


@cli.command()
@click.argument("target", metavar="NAME | FILE.toml | FILE.py")
@click.option("-o", "--output", type=options.OUTPUT, required=True, help="Where the bundle is written.")
@_jobs
@_effort
@_ledger
def bundle(target: str, output: str, jobs: int | None, effort: float, ledger: Path | None) -> int:
    """Put the claims of a file, their verdicts, certificates and LaTeX into one file that ntkproof check verifies again.

    Exit status 0: every verdict is the expected one; 1: some is not; the bundle is written all the same.
    """
    from proofs_check.bundles.bundle import write_bundle
    from proofs_check.cli import tables
    from proofs_check.cli.running import judge_all, require_ledger
    from proofs_check.cli.targets import claim_file, resolve

    if output == "-":
        raise InputError("--output=-: a bundle is a zip file; name a file")
    settings = _settings(50, effort, (), 0, jobs, False, ledger)
    require_ledger(settings)
    source = claim_file(target)
    claims = resolve((str(source),))
    answer = judge_all(claims, settings)
    write_bundle(Path(output), claims, answer.judgements, [source])
    summary = tables.verdicts_json(claims, answer.judgements, answer.kept)["summary"]
    click.echo(f"{output}: bundle written; ntkproof check {output} verifies it")
    tables.summary_line(summary)
    return 1 if summary["fell_short"] else 0


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE.json... | FILE.zip")
@click.option("--json", "as_json", is_flag=True, help="As JSON: accepted, statement, reason.")
def check(files: tuple[str, ...], as_json: bool) -> int:
    """Verify certificates with the independent checker alone, or a bundle, without searching.

    Exit status 0: accepted; 1: rejected; 2: unreadable.
    """
    bundles = [name for name in files if name.endswith(".zip")]
    if bundles:
        if len(files) > 1:
            raise InputError("check: one bundle at a time, or certificates")
        from proofs_check.cli.checking import check_one

        data, lines, status = check_one(Path(bundles[0]))
        if as_json:
            print_json(data)
        else:
            click.echo("\n".join(lines))
        return status
    from proofs_check.checker.__main__ import main as checker

    return checker([*(["--json"] if as_json else []), *files])


@cli.command()
@click.argument("targets", nargs=-1, required=True, metavar="[PAPER | CLAIM | FILE.toml | FILE.py]...")
@click.option(
    "-o", "--output", "directory", type=options.PATH, default="ntkproof-latex", show_default=True, help="Directory."
)
@_jobs
@_effort
@_ledger
def latex(targets: tuple[str, ...], directory: Path, jobs: int | None, effort: float, ledger: Path | None) -> int:
    """Write LaTeX to be drawn into a paper: a file for each claim, proof and derivation, and ntkproof.sty.

    Each has a label, ntk:NAME; all.tex draws in all of them. A claim that is not PROVED is set as a claim, not as a theorem.
    """
    from proofs_check.cli.running import judge_all, require_ledger
    from proofs_check.cli.targets import resolve
    from proofs_check.report.included import write_pieces

    settings = _settings(50, effort, (), 0, jobs, False, ledger)
    require_ledger(settings)
    claims = resolve(targets)
    for path in write_pieces(directory, claims, judge_all(claims, settings).judgements):
        click.echo(str(path))
    return 0


@cli.command()
@click.option(
    "-o",
    "--output",
    "directory",
    type=options.PATH,
    default="ntkproof-report",
    show_default=True,
    help="Directory of the report.",
)
@_jobs
@_effort
@_ledger
def report(directory: Path, jobs: int | None, effort: float, ledger: Path | None) -> int:
    """Judge every paper, from the ledger where it can, and write the report.

    LaTeX and JSON, and a PDF where a TeX is installed.
    """
    from proofs_check.cli import tables
    from proofs_check.cli.requests import write_report_of
    from proofs_check.cli.running import judge_all, require_ledger
    from proofs_check.cli.targets import resolve

    settings = _settings(50, effort, (), 0, jobs, False, ledger)
    require_ledger(settings)
    claims = resolve(())
    answer = judge_all(claims, settings)
    for line in write_report_of(directory, claims, answer.judgements):
        click.echo(line)
    tables.summary_line(tables.verdicts_json(claims, answer.judgements, answer.kept)["summary"])
    return 0


def _settings(
    digits: int,
    effort: float,
    engines: tuple[str, ...],
    seed: int,
    jobs: int | None,
    fresh: bool,
    ledger: Path | None,
) -> Any:
    from proofs_check.cli.running import Settings
    from proofs_check.judge import ENGINES

    for name in engines:
        if name not in ENGINES:
            raise InputError(f"--engine={shown(name)}: unknown engine; {nearest(name, ENGINES)}")
    return Settings(
        digits=digits,
        effort=effort,
        engines=tuple(name for name in ENGINES if name in engines) or ENGINES,
        seed=seed,
        jobs=jobs,
        fresh=fresh,
        ledger=ledger,
    )
