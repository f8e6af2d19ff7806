import type { Mistakes } from '../errors/definition-error.js'
import { checkedScope } from '../model/checked-scope.js'
import type { EntityDescription } from '../model/entity-description.js'
import type { CompiledNested, CompiledSerializer } from './compiled-serializer.js'
import { compileNestedRules, nestedRulesProblem } from './nested-rules.js'
import { secondWayProblem } from './second-way.js'
import type { AnyNestedOptions, AnySerializerLike } from './serializer-spec.js'
import { reporter } from './verify-serializer.js'

/** How many rows of a relation are shown, and how deep serializers may lie in one another. */
const nestedLimits = { max: 100, greatestMax: 1000, depth: 5 } as const

type Compile = (serializer: AnySerializerLike, description: EntityDescription, depth: number) => CompiledSerializer

/** Compiles the relations that a serializer shows and takes; what is wrong with them is added to `mistakes`. */
export function compileNested(
  serializer: AnySerializerLike,
  { relations }: EntityDescription,
  { mistakes, depth, compile }: { readonly mistakes: Mistakes; readonly depth: number; readonly compile: Compile },
): ReadonlyMap<string, CompiledNested> {
  const report = reporter(serializer, mistakes)
  const found = new Map<string, CompiledNested>()
  for (const [name, given] of Object.entries(serializer.spec.nested ?? {})) {
    const relation = relations.get(name)
    if (!given || !relation) {
      report(
        `it nests "${name}", which is not a relation of ${serializer.entity.name}.`,
        `Take "${name}" out of \`nested\`.`,
      )
      continue
    }
    if (depth >= nestedLimits.depth) {
      report(`"${name}" lies deeper than ${nestedLimits.depth} serializers.`, 'Show less of what lies so deep.')
      continue
    }
    const options = optionsOf(given)
    const target = relation.target()
    if (options.serializer.entity !== relation.entity) {
      report(
        `"${name}" leads to ${relation.entity.name}, but ${options.serializer.name} is about ${options.serializer.entity.name}.`,
        `Give it a serializer of ${relation.entity.name}.`,
      )
      continue
    }
    const { max = nestedLimits.max, optional = false, orderBy = [], scope, allow } = options
    for (const option of ['max', 'orderBy'] as const) {
      if (relation.many || options[option] === undefined) continue
      report(`"${name}" leads to one row, for which \`${option}\` says nothing.`, `Take \`${option}\` away.`)
    }
    const write = options.write ?? (relation.many || relation.link !== 'own' ? 'none' : 'id')
    const nested: CompiledNested = {
      name,
      relation,
      serializer: compile(options.serializer, target, depth + 1),
      max,
      optional,
      write,
      orderBy,
      decisions: compileNestedRules(allow),
      ...(scope && { scope: checkedScope(scope, `${serializer.name}.${name}`) }),
    }
    const problem =
      problemOf(nested) ?? nestedRulesProblem(name, write, allow) ?? secondWayProblem(serializer, nested, allow)
    if (problem) report(...problem)
    found.set(name, nested)
  }
  return found
}

const optionsOf = (given: AnySerializerLike | AnyNestedOptions): AnyNestedOptions =>
  'serializer' in given ? given : { serializer: given }

function problemOf({ name, relation, max, write, serializer }: CompiledNested): readonly [string, string] | undefined {
  const { greatestMax } = nestedLimits
  if (!Number.isInteger(max) || max < 1 || max > greatestMax) {
    return [`"${name}" shows at most ${max} rows.`, `\`max\` is a whole number from 1 to ${greatestMax}.`]
  }
  if (write !== 'none' && serializer.description.primary.length !== 1) {
    return [`"${name}" leads to rows that no single value is the key of.`, `List "${name}" in \`readOnly\`.`]
  }
  const allowed = writesOf(relation)
  if (write === 'none' || allowed.includes(write)) return undefined
  const remedy = allowed.length > 0 ? `It is written by: ${allowed.join(', ')}.` : 'It can only be read.'
  return [`"${name}" cannot be written by "${write}".`, remedy]
}

function writesOf({ link, many }: CompiledNested['relation']): readonly CompiledNested['write'][] {
  if (link === 'table') return ['id']
  if (link === 'own') return ['id', 'create']
  return many ? ['create', 'merge', 'replace'] : []
}
