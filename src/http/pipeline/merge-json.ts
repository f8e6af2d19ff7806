import { andThen } from '../../helpers/awaitable.js'
import { patched } from '../../helpers/merge-patch.js'
import { invalidBody } from '../../serializer/body-errors.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { Run } from '../step.js'
import type { CompiledModel } from './compiled-model.js'

/** The JSON columns of a model, whose values a PATCH merges into those of the row. */
export function mergedProperties({ description }: CompiledModel): readonly string[] {
  return [...description.properties.values()].filter(({ value: { kind } }) => kind === 'json').map(({ name }) => name)
}

/** Whether a request merges documents into those of its row, which nobody may change until it is written. */
export function mergesJson({ input }: ActionModel, model: CompiledModel | undefined): (exchange: Exchange) => boolean {
  const names = model && input === 'patch' ? mergedProperties(model) : []
  return ({ body }) => names.some((name) => (body as Readonly<Record<string, unknown>>)[name])
}

/**
 * Makes whole values of what a PATCH says of JSON columns (RFC 7396), now that the row is there. What they are then is
 * asked of their classes.
 */
export function mergeJson({ input }: ActionModel, model: CompiledModel | undefined): Run | undefined {
  const names = model ? mergedProperties(model) : []
  if (!model || input !== 'patch' || names.length === 0) return undefined
  const { checkDocuments } = model.serializer
  return (exchange) => {
    const body = exchange.body as Readonly<Record<string, unknown>>
    const row = exchange.row as Readonly<Record<string, unknown>>
    const given = names.filter((name) => body[name])
    if (given.length === 0) return undefined
    const merged = Object.fromEntries(given.map((name) => [name, patched(row[name], body[name])] as const))
    exchange.body = { ...body, ...merged }
    return andThen(checkDocuments(merged), (errors) => {
      if (errors.length > 0) throw invalidBody(errors)
    })
  }
}
