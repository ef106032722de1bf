/** The format of a scenario: one YAML file per fault, checked against one schema. README.md documents it. */
export type { Condition } from "./condition.ts";
export type { Expectation } from "./expectation.ts";
export { catalogueFiles, readScenario, readScenarios, ScenarioError } from "./read.ts";
export type { Deployed, Scenario } from "./scenario.ts";
export type { Manifest, Step } from "./steps.ts";
