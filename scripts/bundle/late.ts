import type { Plugin } from "esbuild";

/**
 * What a function needs only later, or only on some ways: SDKs, and what they drag in. Each becomes a file of its own beside
 * the bundle, read and run at its first use. So the first readiness probe is answered before most of it is loaded, and what is
 * never used (email without a mail server) costs nothing.
 */
export const latePackages = [
  "@kubernetes/client-node/dist/config.js",
  "@slack/web-api",
  "cloudevents",
  "express",
  "ml-isolation-forest",
  "nodemailer",
  "prom-client",
  // Of Express: files and their types, nested queries, and East Asian character sets.
  "mime-types",
  "qs",
  "send",
  "serve-static",
  ...["big5-added", "cp936", "cp949", "cp950", "eucjp", "gb18030-ranges", "gbk-added", "shiftjis"].map(
    (table) => `iconv-lite/encodings/tables/${table}.json`,
  ),
  // Of cloudevents: numbers beyond 2^53, which it takes only when told to.
  "bignumber.js",
  // Of client-node: kubeconfig files, proxies, and plugins for credentials. A pod's service account needs none of them.
  "hpagent",
  "js-yaml",
  "jsonpath-plus",
  "openid-client",
  "socks",
  "socks-proxy-agent",
  // Of pino: logging in another thread, and masks.
  "thread-stream",
  "@pinojs/redact",
];

/** Parts of Node that take long to load, and that SDKs ask for long before they use them, if ever. */
const lateBuiltins = ["crypto", "fs/promises", "https", "tls", "zlib"];

/** What nothing of ours can reach: client-node's generated API and its fetch; requests are plain. 5 MB of its bundle's 6. */
const absent = /^undici$|\/gen\/index\.js$/;
const clientNode = /[\\/]@kubernetes[\\/]client-node[\\/]/;

/** Modules that are something smaller here, and for whom. */
const smaller = [
  {
    // Express's own tracing: it looks for a terminal on stderr as it is loaded, and would write there past the log.
    name: /^debug$/,
    importer: /^/,
    contents: "module.exports = () => Object.assign(() => {}, { enabled: false });",
  },
  {
    // pino asks only whether this is the main thread: its transports are not used.
    name: /^(?:node:)?worker_threads$/,
    importer: /[\\/]pino[\\/]/,
    contents: "module.exports = { isMainThread: true };",
  },
];

/** Makes late what is said above. Late packages are entry points of the same build, each of its own file. */
export const latePlugin: Plugin = {
  name: "late",
  setup({ onResolve, onLoad }) {
    const beside = (path: string) => ({ path: `./${lateName(path)}.js`, external: true });
    const standInFor = (path: string, load: string) => ({ path, namespace: "late", pluginData: load });
    onResolve({ filter: anyOf(latePackages) }, ({ path, namespace, kind }) => {
      if (kind === "entry-point") return undefined;
      return namespace === "late" ? beside(path) : standInFor(path, `require("${path}")`);
    });
    onResolve({ filter: /^\.\/tables\/.*\.json$/ }, ({ path, importer }) =>
      /[\\/]iconv-lite[\\/]/.test(importer) ? beside(path.replace(".", "iconv-lite/encodings")) : undefined,
    );
    onResolve({ filter: anyOf(lateBuiltins) }, ({ path, namespace }) => {
      if (namespace === "late") return { path, external: true };
      // Importers say `tls` or `node:tls`; one stand-in serves both, whoever is read first.
      const name = path.replace(/^node:/, "");
      return standInFor(name, `require("node:${name}")`);
    });
    onResolve({ filter: absent }, ({ path, importer }) =>
      clientNode.test(importer) ? standInFor(path, `refuse("${path} is not in the bundle")`) : undefined,
    );
    for (const { name, importer: by, contents } of smaller) {
      onResolve({ filter: name }, ({ path, importer }) =>
        by.test(importer) ? { path, namespace: "smaller", pluginData: contents } : undefined,
      );
    }
    onLoad({ filter: /^/, namespace: "smaller" }, ({ pluginData }) => ({ contents: pluginData }));
    onLoad({ filter: /^/, namespace: "late" }, ({ pluginData }) => ({ contents: standIn(pluginData) }));
  },
};

/** What a late package's file is called, without its ending: `slack-web-api`. */
export function lateName(name: string): string {
  const short = name
    .replace(/^@/, "")
    .replace(/\/dist\/.*|\.json$/, "")
    .replace("/encodings/tables", "");
  return short.replace(/\.js$/, "").replaceAll("/", "-");
}

function anyOf(names: readonly string[]): RegExp {
  return new RegExp(`^(?:node:)?(?:${names.map((name) => name.replaceAll(".", "\\.")).join("|")})$`);
}

/**
 * A module that stands in for another until it is used. Bundled ES modules see it through an object made of its prototype
 * (esbuild's `__toESM`), so it is its own prototype too.
 */
function standIn(load: string): string {
  return `
let loaded;
const refuse = (why) => { throw new Error(why) };
const it = () => loaded ??= ${load};
const late = new Proxy(() => {}, {
  get: (_, key) => Reflect.get(it(), key),
  set: (_, key, value) => Reflect.set(it(), key, value),
  has: (_, key) => Reflect.has(it(), key),
  apply: (_, self, values) => Reflect.apply(it(), self, values),
  construct: (_, values) => Reflect.construct(it(), values),
  getPrototypeOf: () => late,
});
module.exports = late;
`;
}
