import type { ActionModel } from '../action-model.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'

/** How a bulk action writes items that give the same: all by one call; or row by row, and why. */
export type WriteWay = { readonly by: 'call' } | { readonly by: 'row'; readonly because: string }

/** Says how an action writes its rows. */
export type Writing = (action: ActionModel, model: CompiledModel) => WriteWay

/** What follows from a reason to write row by row. */
export function writeWay(because: string | undefined): WriteWay {
  return because === undefined ? { by: 'call' } : { by: 'row', because }
}
