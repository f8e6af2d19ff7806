import type { ActionModel } from '../action-model.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'

/**
 * How an action writes: a bulk action items that give the same all by one call, or row by row; an action on a row by one
 * statement that looks at nothing before, or after its row was loaded. Where it is by row, and why.
 */
export type WriteWay = BulkWay | { readonly by: 'statement' }

/** How a bulk action writes. */
export type BulkWay = { readonly by: 'call' } | { readonly by: 'row'; readonly because: string }

/** Says how an action writes its rows. */
export type Writing = (action: ActionModel, model: CompiledModel) => BulkWay

/** What follows from a reason to write row by row. */
export function writeWay(because: string | undefined): BulkWay {
  return because === undefined ? { by: 'call' } : { by: 'row', because }
}
