import type { FieldError } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { nearestNames } from '../../helpers/nearest-name.js'
import { isObject } from '../../serializer/body-errors.js'
import type { Exchange } from '../exchange.js'
import type { BulkFilter } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'

/** Reads which rows a bulk action is about, by the filters that lists of the viewset have; adds what is wrong. */
export async function readBulkFilter(
  { model: { list }, limits: { maxByFilter: max = 0 }, host: { naming } }: BulkPlan,
  { filter, ...others }: Readonly<Record<string, unknown>>,
  exchange: Exchange,
  errors: FieldError[],
): Promise<Omit<BulkFilter, 'values'>> {
  const refuse = (name: string, code: string, message: string, params?: object): void => {
    errors.push({ pointer: pointerTo(name), code, message, ...(params && { params: { ...params } }) })
  }
  const countName = naming.outside('expectedCount')
  const expectedCount = others[countName]
  const isCount = Number.isInteger(expectedCount) && Number(expectedCount) >= 1
  if (expectedCount === undefined) refuse(countName, 'required', 'is required')
  else if (!isCount) refuse(countName, 'type', 'must be a whole number from 1 on')
  else if (Number(expectedCount) > max) refuse(countName, 'max', `must be at most ${max}`, { max })
  const query: Record<string, unknown> = {}
  if (!isObject(filter)) refuse('filter', 'type', 'must be a JSON object')
  else if (Object.keys(filter).length === 0) refuse('filter', 'empty', 'must have at least one filter')
  else {
    const withheld = (await list.withheld(exchange)) ?? new Set<string>()
    const known = list.filters.parameters.filter(({ tells }) => !tells?.(withheld))
    const meant = nearestNames(known.map(({ outside }) => outside))
    for (const [name, value] of Object.entries(filter)) {
      const pointer = pointerTo('filter', name)
      const parameter = known.find((one) => one.outside === name)
      if (!parameter) errors.push(unknownFilter(pointer, meant(name)))
      else {
        const text = textOf(value)
        const reading =
          text === undefined
            ? { code: 'type', message: 'must be a value, or a list of values' }
            : parameter.read(text, withheld)
        if ('value' in reading) query[parameter.name] = reading.value
        else errors.push({ pointer, ...reading })
      }
    }
    const wrong = errors.length === 0 ? list.filters.checks.flatMap((check) => check(query) ?? []) : []
    errors.push(...wrong.map(({ parameter = '', ...error }) => ({ ...error, pointer: pointerTo('filter', parameter) })))
  }
  return { query, expectedCount: isCount ? Number(expectedCount) : 0 }
}

function unknownFilter(pointer: string, nearest: string | undefined): FieldError {
  const message = nearest === undefined ? 'is not known here' : `is not known here; did you mean "${nearest}"?`
  return { pointer, code: 'unknown_field', message }
}

/** A JSON value as it would stand in a query. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value) || value.length === 0) return undefined
  const texts = value.map((one) => (Array.isArray(one) ? undefined : textOf(one)))
  if (texts.includes(undefined)) return undefined
  return texts.map((text) => text!.replace(/[\\,]/g, (sign) => `\\${sign}`)).join(',')
}
