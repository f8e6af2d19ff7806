import { type Application, type Model, type RowData, UsageError } from 'plinth'
import { ManualOrder } from './manual-order.js'
import type { OrderOptions } from './order-options.js'
import { propertiesOf } from './order-properties.js'
import { Positions } from './positions.js'
import { Ranks } from './ranks.js'

const keepings = { Orderable: Positions, Ranked: Ranks }

/** An order of an entity, to be looked at from outside of its rules. */
export interface AppliedOrder extends ManualOrder<unknown, RowData> {
  readonly application: Application
  readonly keepsHidden: boolean
  /** Whether its column holds numbers without gaps. */
  readonly isDense: boolean
}

/**
 * @param as which order, where the entity has several: the name it was made with.
 * @throws {UsageError} where the entity has no such order.
 */
export function orderIn({ name, traits }: Model, as = ''): AppliedOrder {
  const applied = traits.find(({ trait, key }) => Object.hasOwn(keepings, trait) && key === as)
  if (!applied)
    throw new UsageError('E_MISSING_PART', `${name} has no order${as && ` "${as}"`}: it lacks @Orderable and @Ranked.`)
  const options = applied.options as OrderOptions
  const kind = applied.trait as keyof typeof keepings
  const { place, memory } = propertiesOf(kind, as)
  const keeping = new keepings[kind](place, memory)
  const order = new ManualOrder<unknown, RowData>(options, keeping, (value) => ({ [place]: value }))
  return Object.assign(order, {
    application: applied,
    keepsHidden: options.onHide === 'keep',
    isDense: kind === 'Orderable',
  })
}
