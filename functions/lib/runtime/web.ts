import express from "express";

/** The routes of a function, and what their handlers get. */
export type Web = express.Express;
export type WebRequest = express.Request;
export type WebResponse = express.Response;
export type WebNext = express.NextFunction;

/** Reads a JSON body of at most `limit` (`10mb`, uncompressed); its errors carry `status` 400, 413 or 415. */
export function jsonBody(limit: string): express.RequestHandler {
  return express.json({ limit });
}
