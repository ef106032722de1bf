import { defineConfig } from "vitest/config";

const { AUTOHEAL_TEST_REPORT: report } = process.env;

/** `npm run e2e`: tests that need a real cluster, the one of the current kubeconfig context, with AutoHeal deployed in it. */
export default defineConfig({
  test: {
    include: ["{functions,knative,monitoring,sandbox,scenarios,scripts}/**/*.e2e.test.ts"],
    exclude: ["**/node_modules/**", "**/build/**"],
    globalSetup: "knative/api-server/required.ts",
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    // One file at a time: they share one cluster.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
