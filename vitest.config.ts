import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{functions,knative,monitoring,sample-apps,sandbox,scenarios,scripts}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/build/**", "**/*.e2e.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
