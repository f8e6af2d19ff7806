import {
  all,
  answerTo,
  gt,
  type Id,
  isRank,
  lt,
  matching,
  not,
  type Operand,
  type Predicate,
  type Question,
  type RowData,
  ranksBetween,
} from 'plinth'
import type { Foreseeing, Move } from './keeping.js'
import type { List } from './list.js'
import { longestRank } from './rank-length.js'

/** The ranks between which one goes; null for an end of the list. */
export type Bounds = readonly [low: string | null, high: string | null]

type Direction = 'ASC' | 'DESC'

/** A move as steps in one direction: from an end of the list, from the row, or from another one, past some rows. */
interface Steps {
  readonly direction: Direction
  readonly from?: 'itself' | { readonly id: Id }
  readonly past: number
}

/** Moves a row between the ranks of its new neighbours, of which it asks the list without the row. */
export class NeighbourRanks implements Foreseeing<string> {
  readonly #property: string

  constructor(property: string) {
    this.#property = property
  }

  /** The rank that it comes behind in the direction, the next one, and what it comes behind where there are not as many. */
  asks(list: List, row: RowData, move: Move): readonly Question[] | undefined {
    const { direction, from, past } = stepsOf(move)
    const others = not(list.table.identify(row))
    const asked = (way: Direction, offset: number, ...where: readonly Predicate[]): Question => ({
      property: this.#property,
      where: all(list.where, others, ...where),
      order: [{ property: this.#property, direction: way }],
      offset,
    })
    const beyond = (rank: Operand): Predicate => (direction === 'ASC' ? gt : lt)(this.#property, rank)
    if (typeof from === 'object') {
      const key = list.table.keyNamed(from.id)
      if (!key) return undefined
      const { order: _, ...other } = asked(direction, 0, matching(key as Readonly<Record<string, Operand>>))
      return [other, asked(direction, 0, beyond(answerTo(other)))]
    }
    const where = from ? [beyond(row[this.#property] as Operand)] : []
    if (past === 0) return [asked(direction, 0, ...where)]
    const last = asked(direction === 'ASC' ? 'DESC' : 'ASC', 0)
    return [asked(direction, past - 1, ...where), asked(direction, past, ...where), last]
  }

  place(row: RowData, move: Move, answers: readonly unknown[]): string | undefined {
    const [low, high] = boundsOf(stepsOf(move), answers) ?? []
    if (low === undefined || high === undefined) return undefined
    if ([low, high].some((rank) => rank !== null && !isRank(rank))) return undefined
    const own = row[this.#property]
    if (typeof own === 'string' && (low === null || low < own) && (high === null || own < high)) return undefined
    const [made = ''] = ranksBetween(low, high, 1)
    return made.length > longestRank ? undefined : made
  }
}

function boundsOf({ direction, from, past }: Steps, answers: readonly unknown[]): Bounds | undefined {
  const [near = null, far = null, last = null] = answers as readonly (string | null)[]
  const bounds = (behind: string | null, before: string | null): Bounds =>
    direction === 'ASC' ? [behind, before] : [before, behind]
  if (past === 0 && from === undefined) return bounds(null, near)
  if (near !== null) return bounds(near, far)
  return past > 0 ? bounds(last, null) : undefined
}

function stepsOf(move: Move): Steps {
  if (move === 'first') return { direction: 'ASC', past: 0 }
  if (move === 'last') return { direction: 'DESC', past: 0 }
  if ('before' in move) return { direction: 'DESC', from: { id: move.before }, past: 0 }
  if ('after' in move) return { direction: 'ASC', from: { id: move.after }, past: 0 }
  if ('by' in move) return { direction: move.by > 0 ? 'ASC' : 'DESC', from: 'itself', past: Math.abs(move.by) }
  const { position } = move
  return position < 0
    ? { direction: 'DESC', past: -position - 1 }
    : { direction: 'ASC', past: Math.max(0, position - 1) }
}
