import type { CompiledVerb } from '../../../model/model.js'
import type { ModelDataSource } from '../../data-source.js'
import { bringsOthers } from '../../deletion/brings-others.js'
import { isReferred } from '../../deletion/delete-related.js'
import { readsRows } from '../row-change.js'
import type { Target } from '../write.js'

/** The parts of a verb that know its rows. */
const parts = ['together', 'named', 'answer'] as const

/** Whether a verb wants to know its rows, or to be asked about them, or rows of others come along or decide about it. */
export function looksAtRows(dataSource: ModelDataSource, target: Target, verb: CompiledVerb): boolean {
  if (readsRows([verb.unconditional]) || parts.some((part) => verb[part] !== undefined)) return true
  return verb.hard ? isReferred({ dataSource }, target, true) : bringsOthers(dataSource, target.metadata, verb)
}
