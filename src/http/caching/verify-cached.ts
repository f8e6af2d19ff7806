import { lifeOf } from '../../cache/cache-rules.js'
import type { Mistakes } from '../../errors/definition-error.js'
import { UsageError } from '../../errors/usage-error.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import type { ActionModel } from '../action-model.js'
import type { Permission } from '../permission.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import type { CacheFact } from './cache-fact.js'
import { ruledIn } from './key-of.js'
import type { Found } from './sources.js'

/** What an application knows of an action whose answers are cached. */
export interface CachedParts {
  readonly model: CompiledModel | undefined
  readonly sources: Found
  readonly dataSource: ModelDataSource | undefined
}

type Cached = ActionModel & { readonly cache: CacheFact }

/** Adds what is wrong with caching the answers of an action. @returns whether nothing is. */
export function verifyCached(action: Cached, parts: CachedParts, mistakes: Mistakes): boolean {
  const { cache, viewSet, name, place } = action
  const found = [...ofTimes(cache), ...ofAction(action), ...ofTags(cache, parts), ...ofAudience(action, parts)]
  for (const [problem, remedy] of found) {
    const places = [`@CacheResponse at ${cache.place}`, ...(place === '' ? [] : [place])]
    mistakes.add({ code: 'E_CACHE', subject: `${viewSet.name}.${name}`, problem, places, remedy })
  }
  return found.length === 0
}

type Finding = readonly [problem: string, remedy: string]

function ofTimes(fact: CacheFact): readonly Finding[] {
  const { timeout, stale } = fact
  try {
    lifeOf(fact)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return [
      [
        `its answers are to be cached for ${timeout}${stale === undefined ? '' : ` and ${stale}`} seconds.`,
        'Give it times in seconds, more than 0 and together at most a year (31536000).',
      ],
    ]
  }
}

function ofAction({ method, permission }: Cached): readonly Finding[] {
  if (method !== 'get') {
    return [
      ['it answers no GET, and so its answers cannot be cached.', 'Write @CacheResponse above actions that read.'],
    ]
  }
  if (!permission.needsRow) return []
  const problem = `its permission ${permission.name} must see the row each time, so that a cached answer could never be given.`
  return [[problem, 'Give it a permission that decides without the row, or leave @CacheResponse out.']]
}

function ofTags({ tags = [] }: CacheFact, { dataSource }: CachedParts): readonly Finding[] {
  return tags.flatMap((tag): readonly Finding[] => {
    if (typeof tag === 'string' || dataSource?.registry.has(tag)) return []
    const name = typeof tag === 'function' ? tag.name : String(tag)
    return [
      [
        `its tags name ${name}, which is no entity of the data source.`,
        'Add it to `entities`, or use a name of your own.',
      ],
    ]
  })
}

/** Whatever makes answers differ between callers must not stand beside `vary: 'public'`. */
function ofAudience(
  { cache: { vary, variables = [] }, permission, model }: Cached,
  { model: compiled, sources }: CachedParts,
): readonly Finding[] {
  if (vary !== 'public' && vary !== 'user' && typeof vary !== 'function') {
    const problem =
      vary === undefined
        ? 'nothing says for whom its cached answers are.'
        : `its cached answers vary by "${String(vary)}", which names nobody.`
    return [[problem, "Write vary: 'public', 'user', or a function of the call."]]
  }
  if (vary !== 'public') return []
  const personal = [
    ...(permission.open ? [] : [`the permission ${permission.name}`]),
    ...(model?.scopedByCall ? ['a scope of its viewset'] : []),
    ...ofParent(model?.parent?.allow),
    ...(compiled ? personalIn(compiled.serializer) : []),
    ...[...sources.variables].map(({ name }) => `a scope that depends on "${name}"`),
    ...variables.map(({ name }) => `answers that depend on "${name}"`),
  ]
  return personal.map((what) => [
    `its answers are said to be public, but it has ${what}.`,
    "Write vary: 'user', or a function that tells apart who sees the same.",
  ])
}

const ofParent = (allow: Permission | undefined): readonly string[] =>
  allow && !allow.open ? [`the permission ${allow.name} of the row above`] : []

function personalIn(serializer: CompiledSerializer): readonly string[] {
  const ruled = ruledIn(serializer).map(({ definition }) => `rules for reading fields of ${definition.name}`)
  const scoped = [...serializer.nested].flatMap(([name, nested]) => [
    ...(nested.scope ? [`a scope of the relation ${name}`] : []),
    ...personalIn(nested.serializer).filter((what) => what.startsWith('a scope')),
  ])
  return [...ruled, ...scoped]
}

/** Adds what was said of actions that there are none of. */
export function verifyCacheFacts(
  viewSet: { readonly name: string },
  facts: readonly CacheFact[],
  actions: readonly string[],
  mistakes: Mistakes,
): void {
  for (const { name, actions: listed = [], place } of facts) {
    for (const unknown of [...(name === undefined ? [] : [name]), ...listed].filter((one) => !actions.includes(one))) {
      mistakes.add({
        code: 'E_CACHE',
        subject: `${viewSet.name}.${unknown}`,
        problem: 'its answers are to be cached, and it is no action of plinth.',
        places: [`@CacheResponse at ${place}`],
        remedy: `Name one of: ${actions.join(', ')}.`,
      })
    }
  }
}
