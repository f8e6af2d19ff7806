import type { Awaitable } from '../../helpers/awaitable.js'
import { loadRelated } from '../../orm/relations/load-related.js'
import type { NameTree } from '../../serializer/name-tree.js'
import type { RelatedSource } from '../../serializer/represent.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import type { CompiledModel } from './compiled-model.js'

/** Gives the representations of rows to the caller of an exchange, as JSON texts in their order. */
export type Representing = (exchange: Exchange, rows: readonly object[]) => Awaitable<readonly string[]>

/** The parameters by which a caller chooses what is shown. */
interface Asked {
  readonly fields?: NameTree
  readonly include?: NameTree
}

/** How the rows an action answers are represented. */
export function representing(
  { viewSet, name }: ActionModel,
  model: CompiledModel | undefined,
  host: PipelineHost,
): Representing {
  if (!model) {
    return () => {
      throw new Error(
        `${viewSet.name}.${name} returned a row, but the viewset has no serializer. Return Reply.json(…).`,
      )
    }
  }
  const { serializer } = model
  const related: RelatedSource = (owners, query) =>
    loadRelated(dataSourceOf(host), owners, { ...query, asDeclared: true })
  return (exchange, rows) => {
    const { fields, include } = askedOf(exchange)
    return serializer.represent(rows, {
      call: exchange,
      action: name,
      related,
      ...(fields && { fields }),
      ...(include && { include }),
    })
  }
}

const nothing: Asked = Object.freeze({})

/** An action with query parameters of its own may have some of these names. */
export function askedOf({ query }: Exchange): Asked {
  const { fields, include } = (query ?? {}) as Readonly<Record<string, unknown>>
  if (fields === undefined && include === undefined) return nothing
  return {
    ...(fields instanceof Map && { fields: fields as NameTree }),
    ...(include instanceof Map && { include: include as NameTree }),
  }
}
