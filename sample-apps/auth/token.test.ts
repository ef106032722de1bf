import { expect, test } from "vitest";
import { signToken, verifyToken } from "./token.ts";

const claims = { subject: "amina", expires: 1000 };
const token = signToken(claims, "key");

test("a token says what was signed, until it expires", () => {
  expect(verifyToken(token, "key", 999)).toEqual({ valid: true, claims });
  expect(verifyToken(token, "key", 1000)).toEqual({ valid: false, reason: "Expired" });
});

test.each([
  ["another key's", signToken(claims, "other"), "BadSignature"],
  ["changed claims", token.replace(/^./, "f"), "BadSignature"],
  ["a cut signature", token.slice(0, -4), "BadSignature"],
  ["no signature", token.split(".")[0] ?? "", "Malformed"],
  ["a third part", `${token}.x`, "Malformed"],
  ["an empty text", "", "Malformed"],
])("a token with %s is refused", (_name, bad, reason) => {
  expect(verifyToken(bad, "key", 0)).toEqual({ valid: false, reason });
});
