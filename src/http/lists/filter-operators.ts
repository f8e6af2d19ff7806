import type { ValueKind } from '../../model/entity-description.js'
import type { ColumnTest, Value } from '../../orm/lists/condition.js'
import type { FilterOperator } from './list-options.js'

const key = ['eq', 'ne', 'in', 'isnull'] as const
const ordered = [...key, 'lt', 'lte', 'gt', 'gte', 'range'] as const
const texts = ['contains', 'startswith', 'iexact', 'icontains', 'istartswith'] as const

/** The operators that values of a kind have. */
export function operatorsOf({ kind }: ValueKind): readonly FilterOperator[] {
  switch (kind) {
    case 'string':
      return [...ordered, ...texts]
    case 'uuid':
    case 'enum':
      return key
    case 'boolean':
      return ['eq', 'ne', 'isnull']
    case 'number':
      // Two numbers of floating point are rarely equal, and engines do not agree when they are.
      return ['isnull', 'lt', 'lte', 'gt', 'gte', 'range']
    case 'json':
    case 'texts':
    case 'bytes':
    case 'unknown':
      return []
    default:
      return ordered
  }
}

/** What each operator asks, as documents say it. */
export const operatorMeanings: Readonly<Record<FilterOperator, string>> = {
  eq: 'is the value',
  ne: 'is another value, or none',
  in: 'is one of the values, with commas between them',
  lt: 'is less than the value',
  lte: 'is at most the value',
  gt: 'is greater than the value',
  gte: 'is at least the value',
  range: 'is between two values with a comma between them, both included',
  isnull: 'is not there (`true`), or is (`false`)',
  contains: 'contains the text',
  startswith: 'starts with the text',
  iexact: 'is the text, whatever the case of its letters',
  icontains: 'contains the text, whatever the case of its letters',
  istartswith: 'starts with the text, whatever the case of its letters',
}

const places = {
  contains: 'anywhere',
  icontains: 'anywhere',
  startswith: 'start',
  istartswith: 'start',
  iexact: 'whole',
} as const

/** The test that an operator makes with what was read for it. */
export function testOf(operator: FilterOperator, read: unknown): ColumnTest {
  switch (operator) {
    case 'in':
      return { op: 'in', values: read as readonly Value[] }
    case 'range': {
      const [from, to] = read as readonly [Value, Value]
      return { op: 'range', from, to }
    }
    case 'isnull':
      return { op: 'isNull', is: read as boolean }
    case 'contains':
    case 'startswith':
    case 'iexact':
    case 'icontains':
    case 'istartswith':
      return { op: 'text', at: places[operator], text: read as string, ignoresCase: operator.startsWith('i') }
    default:
      return { op: operator, value: read as Value }
  }
}

/** Whether an operator looks for a piece of text. */
export const isTextOperator = (operator: FilterOperator): operator is (typeof texts)[number] =>
  (texts as readonly string[]).includes(operator)
