import type { SaveOptions } from 'typeorm'

/**
 * Given to `save` with an entity whose row is locked: what `save` loads to tell what has changed is the row as it is now,
 * also in a unit of work that does not see it yet.
 */
export const ofLockedRow: SaveOptions = Object.freeze({})
