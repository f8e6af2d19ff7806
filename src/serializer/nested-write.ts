/**
 * How a relation is written. `id`: by the keys of rows that exist. `create`: new rows come with a new row of the owner.
 * `merge`: rows with a key are changed, rows without are added, others stay. `replace`: the same, and those that are not
 * listed are deleted.
 */
export type NestedWrite = 'id' | 'create' | 'merge' | 'replace'
