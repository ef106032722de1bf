import { apply, type KubernetesObject, kubectl } from "../cluster/kubectl.ts";
import { configured, type Said } from "./configuration.ts";
import { deployFunctions, type Way } from "./functions.ts";
import { isFunction } from "./render.ts";
import { createSecrets } from "./secrets.ts";
import { waitUntilReady } from "./wait.ts";

/** How AutoHeal is deployed. */
export interface DeployOptions {
  /** Everything of an overlay, with its images. */
  objects: readonly KubernetesObject[];
  way: Way;
  configuration: Said;
  /** Longest wait for any one kind of object, in seconds. */
  seconds: number;
  say: (line: string) => void;
}

/**
 * Applies AutoHeal in the order in which its parts need each other, and waits until all is Ready. Every write is one that
 * changes nothing when it is made again. SinkBindings come before the functions, so that Knative's webhook gives each its
 * K_SINK as it is created; Triggers come last, when those that they call are there.
 */
export async function deploy({ objects: given, way, configuration, seconds, say }: DeployOptions): Promise<void> {
  const objects = await configured(given, configuration);
  const of = (...kinds: string[]) => objects.filter((object) => kinds.includes(object.kind) && !isFunction(object));
  const wait = (resource: string, some: readonly KubernetesObject[], ready?: (object: KubernetesObject) => boolean) =>
    waitUntilReady({
      resource,
      names: some.map(({ metadata }) => metadata.name),
      seconds,
      say,
      ...(ready ? { ready } : {}),
    });
  const put = async (some: readonly KubernetesObject[]) => {
    await apply(some);
    const kinds = Map.groupBy(some, ({ kind }) => kind);
    say(
      `applied: ${[...kinds].map(([kind, all]) => (all.length === 1 ? kind : `${all.length} × ${kind}`)).join(", ")}`,
    );
  };

  const first = of("Namespace", "CustomResourceDefinition");
  await put(first);
  await waitForKinds(of("CustomResourceDefinition"), seconds);
  for (const name of await createSecrets()) say(`secret/${name} created`);

  const later = of("SinkBinding", "Trigger", "PingSource");
  const plain = objects.filter((object) => !first.includes(object) && !later.includes(object) && !isFunction(object));
  await put(plain);
  await wait("brokers.eventing.knative.dev", of("Broker"));

  await put(of("SinkBinding"));
  await wait("sinkbindings.sources.knative.dev", of("SinkBinding"), wasLookedAt);

  const functions = objects.filter(isFunction);
  await deployFunctions(functions, way, say);
  await wait("services.serving.knative.dev", functions);
  await wait("sinkbindings.sources.knative.dev", of("SinkBinding"));

  await put(of("Trigger", "PingSource"));
  await wait("triggers.eventing.knative.dev", of("Trigger"));
  await wait("pingsources.sources.knative.dev", of("PingSource"));
}

/** Knative has seen it, and so takes care of its function as soon as that is created. */
function wasLookedAt({ status }: KubernetesObject): boolean {
  return (status?.conditions ?? []).length > 0;
}

async function waitForKinds(definitions: readonly KubernetesObject[], seconds: number): Promise<void> {
  const names = definitions.map(({ metadata }) => `crd/${metadata.name}`);
  await kubectl("wait", "--for=condition=Established", `--timeout=${seconds}s`, ...names);
}
