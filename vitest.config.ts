import { defineConfig } from "vitest/config";

const folders = "{functions,knative,monitoring,sample-apps,sandbox,scenarios,scripts}";
const { AUTOHEAL_TEST_REPORT: report } = process.env;

export default defineConfig({
  test: {
    // .ci/run counts by the JSON report.
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    // So few at a time, whatever the machine: tests wait for real processes with deadlines.
    maxWorkers: 2,
    projects: [
      {
        // Pure: they share what they import, and nothing else.
        test: {
          name: "unit",
          include: [`${folders}/**/*.test.ts`],
          exclude: ["**/*.{int,e2e}.test.ts", "**/node_modules/**", "**/build/**"],
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "int",
          include: [`${folders}/**/*.int.test.ts`],
          exclude: ["scenarios/**", "**/node_modules/**", "**/build/**"],
          globalSetup: "scripts/build-before-tests.ts",
          maxWorkers: 3,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Whole sandboxes, all but one without monitoring: they mostly wait, so that four take as long as the longest of them.
        test: {
          name: "resilience",
          include: ["scenarios/resilience/*.int.test.ts"],
          globalSetup: "scripts/build-before-tests.ts",
          maxWorkers: 4,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Whole sandboxes with their monitoring: one at a time, and nothing beside it.
        test: {
          name: "scenarios",
          include: ["scenarios/*.int.test.ts"],
          globalSetup: "scripts/build-before-tests.ts",
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
