import type { Scenario } from './scenarios.js'
import type { Place } from './serve.js'

/** A number of requests of each scenario. */
export type Amounts = Readonly<Record<Scenario, number>>

/** How many requests a round of processes that have just started makes. */
export const coldRequests: Amounts = {
  list: 50,
  'list with count': 25,
  detail: 120,
  cursor: 40,
  create: 60,
  patch: 80,
  delete: 80,
  'bulk create': 2,
  'bulk delete': 2,
}

/**
 * How many requests a process has answered before it is taken for warm. V8 goes on compiling until a request has been
 * answered some thousands of times: of 2,500 requests for one row, half of the instructions are those of the compiler, and a hundred
 * rows that are created together get cheaper until about the 3,000th time.
 * Counting takes milliseconds in SQLite, which is part of the process, and beside them what is compiled does not matter; of bulk
 * deletions there are fewer because their rows have to be given back.
 */
export function warmingRequests(engine: Place['engine']): Amounts {
  return {
    list: 8000,
    'list with count': engine === 'sqlite' ? 200 : 5000,
    detail: 8000,
    cursor: 8000,
    create: 8000,
    patch: 8000,
    delete: 8000,
    'bulk create': 3000,
    'bulk delete': 600,
  }
}

/**
 * How many requests a part of a round of warm processes makes: about a tenth of a second of the cheapest. A round of several
 * parts can be longer than the rows last that are to be deleted: they are given back between its parts.
 */
export const partRequests: Amounts = {
  list: 1000,
  'list with count': 50,
  detail: 2000,
  cursor: 1000,
  create: 500,
  patch: 700,
  delete: 700,
  'bulk create': 40,
  'bulk delete': 40,
}
