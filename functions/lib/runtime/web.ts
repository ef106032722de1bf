import express from "express";
import { checkShape } from "./json-shape.ts";

/** The routes of a function, and what their handlers get. */
export type Web = express.Express;
export type WebRequest = express.Request;
export type WebResponse = express.Response;
export type WebNext = express.NextFunction;

/** Reads a JSON body of at most `limit` (`10mb`, or bytes; uncompressed), of at most `mostParts` objects and arrays; its errors carry `status` 400, 413 or 415. */
export function jsonBody(limit: string | number, mostParts = Number.POSITIVE_INFINITY): express.RequestHandler {
  return express.json({ limit, verify: (_request, _response, body) => checkShape(body, mostParts) });
}
