import { expect, test } from "vitest";
import { adapted } from "./adapt.ts";

const place = {
  pace: { timeScale: 10, shortestRangeMs: 60_000 },
  images: { "user:1.0.0": "localhost:5000/shop/user:1.0.0-abc", "user:2.0.0": "localhost:5000/shop/user:2.0.0-def" },
};

test.each([
  ["a sample app's image is where it was pushed to", "autoheal/user:2.0.0", "localhost:5000/shop/user:2.0.0-def"],
  [
    "a version that there is not is looked for there, and not found",
    "autoheal/user:9.9.9",
    "localhost:5000/shop/user:9.9.9",
  ],
  ["an app of which nothing was pushed stays as it is", "autoheal/auth:1.0.0", "autoheal/auth:1.0.0"],
  ["another image stays as it is", "registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"],
])("%s", (_, image, there) => {
  const manifest = (name: string) => ({ spec: { template: { spec: { containers: [{ name: "a", image: name }] } } } });
  expect(adapted(manifest(image), place)).toEqual(manifest(there));
});

test("Kubernetes' own durations pass at the pace, but pods start no faster", () => {
  const spec = {
    progressDeadlineSeconds: 3600,
    minReadySeconds: 1200,
    replicas: 2,
    template: { spec: { terminationGracePeriodSeconds: 30, containers: [{ readinessProbe: { periodSeconds: 10 } }] } },
  };
  expect(adapted({ spec }, place).spec).toEqual({
    ...spec,
    progressDeadlineSeconds: 360,
    minReadySeconds: 120,
    template: { spec: { ...spec.template.spec, terminationGracePeriodSeconds: 3 } },
  });
  expect(adapted({ progressDeadlineSeconds: 120, terminationGracePeriodSeconds: 1 }, place)).toEqual({
    progressDeadlineSeconds: 30,
    terminationGracePeriodSeconds: 1,
  });
});

test("at production's pace nothing but images changes", () => {
  const manifest = { progressDeadlineSeconds: 120, minReadySeconds: 5, terminationGracePeriodSeconds: 30 };
  expect(adapted(manifest, { pace: { timeScale: 1, shortestRangeMs: 1000 }, images: {} })).toEqual(manifest);
});
