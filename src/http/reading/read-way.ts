/**
 * How an action reads the rows that it answers: as text, from the database to the answer without an entity between; or as
 * entities, and why.
 */
export type ReadWay = { readonly by: 'text' } | { readonly by: 'entities'; readonly because: string }

/** What follows from a reason to read entities. */
export function readWay(because: string | undefined): ReadWay {
  return because === undefined ? { by: 'text' } : { by: 'entities', because }
}
