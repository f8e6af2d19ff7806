import type { ModelDataSource, OptionNames } from 'plinth'

/** Somebody who makes requests. */
export interface FuzzUser {
  readonly name: string
  /** What shows who it is, such as `authorization`. */
  readonly headers: Readonly<Record<string, string>>
}

/** How the routes of an application are fuzzed. */
export interface FuzzOptions {
  /** Where the application keeps its rows. Its tables are read around every request. */
  readonly dataSource: ModelDataSource
  /** Who makes requests; nobody who is known unless told. */
  readonly users?: readonly FuzzUser[]
  /** Brings the rows back that requests need; run before the requests of each operation. */
  readonly prepare?: () => Promise<unknown>
  /** How many requests each operation is sent; 50 unless told. */
  readonly runs?: number
  /** Texts to try besides those that are known to break things. */
  readonly texts?: readonly string[]
  /** Which operations are sent requests, by their `operationId`; all unless told. */
  readonly only?: (operationId: string) => boolean
  /** The seed of an earlier run, for the same requests again. */
  readonly seed?: number
}

/** The names of these options. */
export const fuzzOptions: OptionNames<FuzzOptions> = {
  dataSource: true,
  users: true,
  prepare: true,
  runs: true,
  texts: true,
  only: true,
  seed: true,
}

/** What was sent and answered. */
export interface FuzzReport {
  readonly requests: number
  /** How often each operation answered each status. */
  readonly answers: Readonly<Record<string, Readonly<Record<number, number>>>>
  /** The operations of which no request succeeded, so that little is known of them. */
  readonly neverSucceeded: readonly string[]
  /** The query parameters with which no request of an operation succeeded, though others did: `cities_list name__in`. */
  readonly neverSucceededWith: readonly string[]
}
