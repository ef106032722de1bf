// Who may import whom. Each rule says why; scripts/check/architecture.test.ts proves that each one fires.

/** The concepts of functions/lib, in story order: each may import those before it. */
const story = [
  "mistake", // what is wrong in what somebody sent
  "effect", // act or hold: the form of every verdict
  "alert", // what Alertmanager says
  "event", // what functions tell each other
  "contract", // what a function takes, posts and may do
  "workload", // what is healed
  "evidence", // what is known of it
  "cause",
  "remedy",
  "outcome",
  "incident", // the record of all these
  "policy", // what may be done
  "ledger", // what was spent, and pauses
  "guardrail", // what holds back
  "diagnosis", // evidence to cause
  "treatment", // cause to remedy
  "action", // remedy to writes
  "proof", // whether it worked
  "notification", // what people are told
  "anomaly", // what is unusual though no rule says so
];

const concept = `^functions/lib/(?:${story.join("|")})/`;
/** Tests and what only tests use: they may reach further, as each rule says. */
const tests = "\\.test\\.ts$|/fixtures?/|/testing(?:/|\\.ts$)|^functions/lib/process/|^scenarios/resilience/";
const sdks = "node_modules/(?:@kubernetes/client-node|cloudevents|express|prom-client|@slack/web-api|nodemailer|pino)/";

const storyRules = story.slice(0, -1).map((name, index) => ({
  name: `story-order-${name}`,
  comment:
    "A concept imports only concepts before it in the story, so that each can be read knowing only what came before.",
  severity: "error",
  from: { path: `^functions/lib/${name}/` },
  to: { path: `^functions/lib/(?:${story.slice(index + 1).join("|")})/` },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circular",
      comment: "What needs each other is one thing: put it into one file, or find the third thing that both need.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphan",
      comment:
        "A file that nobody imports and that imports nothing is left over. CommonJS files are started as processes.",
      severity: "error",
      from: { orphan: true, pathNot: "^vitest\\.config\\.ts$|\\.cjs$" },
      to: {},
    },
    {
      name: "no-unresolvable",
      comment: "What can't be found here can't be found by the build either. kubernetes-types is types only.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^kubernetes-types/" },
    },
    ...storyRules,
    {
      name: "concept-known",
      comment:
        "A new folder of functions/lib takes its place in the story: add it to the list on top of .dependency-cruiser.cjs.",
      severity: "error",
      from: {},
      to: { path: "^functions/lib/", pathNot: `${concept}|^functions/lib/(?:drivers|runtime|testing|process)/` },
    },
    {
      name: "concept-pure",
      comment: "Concepts know neither drivers nor runtime: they are decided on paper, without a cluster.",
      severity: "error",
      from: { path: concept, pathNot: tests },
      to: { path: "^functions/lib/(?:drivers|runtime)/" },
    },
    {
      name: "drivers-and-runtime-apart",
      comment:
        "A driver knows one neighbour, the runtime only how a function is served; index.ts of a function joins them.",
      severity: "error",
      from: { path: "^functions/lib/(drivers/[^/]+|runtime)/" },
      to: { path: "^functions/lib/(?:drivers|runtime)/", pathNot: "^functions/lib/$1/" },
    },
    {
      name: "sdks-in-drivers-and-runtime",
      comment: "Drivers and the runtime are the only ones to know an SDK, so that changing one is one folder's work.",
      severity: "error",
      from: { path: "^functions/", pathNot: `^functions/lib/(?:drivers|runtime)/|${tests}` },
      to: { path: sdks },
    },
    {
      name: "ml-isolation-forest-in-its-engine",
      comment:
        "A package of mathematics has no neighbour, so it is no driver's. One file knows it, which mends its chance, its c(n) and its NaN.",
      severity: "error",
      from: {
        path: "^functions/",
        pathNot: "^functions/lib/anomaly/forest/ml-isolation-forest\\.ts$",
      },
      to: { path: "node_modules/ml-isolation-forest/" },
    },
    {
      name: "concept-door",
      comment: "From outside a concept, a driver or the runtime only through its index.ts: the rest may change freely.",
      severity: "error",
      from: { path: "^functions/lib/([^/]+)/" },
      to: {
        path: "^functions/lib/.+",
        pathNot:
          "^functions/lib/$1/|^functions/lib/(?:[^/]+|drivers/[^/]+|runtime/action|anomaly/forest|testing/(?:stage|slack))/index\\.ts$",
      },
    },
    {
      name: "lib-door",
      comment: "The library's exports are its public face.",
      severity: "error",
      from: { pathNot: "^functions/lib/" },
      to: {
        path: "^functions/lib/",
        pathNot:
          "^functions/lib/(?:[^/]+|drivers/[^/]+|runtime/action|anomaly/forest|testing/(?:stage|slack))/index\\.ts$",
      },
    },
    {
      name: "functions-meet-on-the-broker",
      comment: "Functions never import each other: each is deployed by itself, and they meet on the Broker.",
      severity: "error",
      from: { path: "^functions/([^/]+)/" },
      to: { path: "^functions/(?!lib/)", pathNot: "^functions/$1/" },
    },
    {
      name: "functions-are-entered-by-events",
      comment: "Nobody outside imports a function's files; its contract is data, which the contract check reads.",
      severity: "error",
      from: { pathNot: "^functions/" },
      to: { path: "^functions/(?!lib/)", pathNot: "^functions/[^/]+/contract\\.ts$" },
    },
    {
      name: "functions-know-no-sandbox",
      comment:
        "Functions see no difference between the sandbox and a real cluster. Tests of built functions run on the sandbox, and may start it.",
      severity: "error",
      from: { path: "^functions/", pathNot: tests },
      to: { path: "^(?:sandbox|sample-apps|scenarios|monitoring|knative|scripts)/" },
    },
    {
      name: "sandbox-knows-no-functions",
      comment:
        "The sandbox stands in for neighbours and knows AutoHeal only as they do: by its bundles, manifests and HTTP.",
      severity: "error",
      from: { path: "^sandbox/" },
      to: { path: "^functions/" },
    },
    {
      name: "sandbox-part-door",
      comment: "Between the parts of the sandbox, too, index.ts is the only door.",
      severity: "error",
      from: { path: "^sandbox/([^/]+)/" },
      to: { path: "^sandbox/[^/]+/", pathNot: "^sandbox/$1/|^sandbox/[^/]+/index\\.ts$" },
    },
    {
      name: "sandbox-door",
      comment:
        "A part of the sandbox is used through its index.ts. Contract suites (*.contract.ts) are for everybody: they run on real clusters too.",
      severity: "error",
      from: { pathNot: "^sandbox/[^/]+/" },
      to: { path: "^sandbox/[^/]+/", pathNot: "^sandbox/[^/]+/(?:index|[^/]+\\.contract)\\.ts$" },
    },
    {
      name: "sample-apps-stand-alone",
      comment: "Sample apps are strangers to AutoHeal, as the services are that it heals in production.",
      severity: "error",
      from: { path: "^sample-apps/" },
      to: { path: "^(?:functions|sandbox|scenarios|monitoring|knative|scripts)/" },
    },
    {
      name: "sample-apps-are-deployed",
      comment: "Nobody imports a sample app: scripts/build.ts has it built, and it is deployed.",
      severity: "error",
      from: { pathNot: "^sample-apps/|^scripts/build\\.ts$" },
      to: { path: "^sample-apps/" },
    },
    {
      name: "scenarios-see-what-users-see",
      comment:
        "Scenarios run on the sandbox or on a real cluster, and judge by what both show. They speak AutoHeal's words (the concepts), know the sandbox and the pace of time by their doors only, and lend the tests' Slack.",
      severity: "error",
      from: { path: "^scenarios/" },
      to: {
        path: "^(?:functions|sandbox|sample-apps|monitoring|knative)/",
        pathNot: `^sandbox/index\\.ts$|^monitoring/scaling/index\\.ts$|^functions/lib/testing/slack/index\\.ts$|${concept}index\\.ts$`,
      },
    },
    {
      name: "tests-are-not-imported",
      comment: "Tests, fixtures and what only tests use are no part of what runs.",
      severity: "error",
      from: { pathNot: `${tests}|\\.contract\\.ts$` },
      to: { path: tests },
    },
  ],
  options: {
    // tsc 7 has no JavaScript API; swc reads type imports too. It can't read declaration files, which import nothing here.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(?:^|/)(?:build|\\.cache)/|\\.d\\.m?ts$|^functions/[^/]+/build/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".json"],
    },
  },
};
