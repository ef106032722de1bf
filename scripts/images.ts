/** `npm run images`: builds the images of the functions and the sample apps, and pushes them. */
import { buildAll } from "./build.ts";
import { functionImages, type ImageOptions, sampleAppImages } from "./images/index.ts";
import { readOptions } from "./options.ts";

const help = `npm run images -- --registry <prefix> [--base <image>] [--no-push] [--json] [--help]

Builds an image for each function and for each version of the sample apps, with docker, podman or buildah, whichever
works here, and pushes those that the registry has not. Tags say what is in them, so nothing is ever overwritten.

  --registry <prefix>  what comes before the names, such as localhost:5000/autoheal or docker.io/me (or AUTOHEAL_REGISTRY)
  --base <image>       another base image with Node 24 in its PATH (or AUTOHEAL_BASE_IMAGE)
  --no-push            leaves them where they are built: for minikube, after eval $(minikube docker-env), with the prefix dev.local
  --json               {"<name>": "<image>"} on stdout
`;

const { values } = readOptions({
  options: {
    help: { type: "boolean", short: "h" },
    registry: { type: "string" },
    base: { type: "string" },
    "no-push": { type: "boolean" },
    json: { type: "boolean" },
  },
});
const registry = values.registry ?? process.env.AUTOHEAL_REGISTRY;
const base = values.base ?? process.env.AUTOHEAL_BASE_IMAGE;
if (values.help) console.log(help);
else if (!registry) {
  console.error("--registry is missing: where images are pushed, such as localhost:5000/autoheal or docker.io/me");
  process.exitCode = 2;
} else {
  try {
    const options: ImageOptions = {
      registry,
      ...(base ? { base } : {}),
      push: !values["no-push"],
      say: (line) => console.error(line),
    };
    await buildAll();
    const images = { ...(await functionImages(options)), ...(await sampleAppImages(options)) };
    console.log(values.json ? JSON.stringify(images, null, 2) : Object.values(images).join("\n"));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
