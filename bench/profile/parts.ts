/** The parts of a request, in the order of a table. */
export const parts = [
  'node:http',
  'requests and replies',
  'validation',
  'reading and statements',
  'writing and rules',
  'serializing',
  'the program itself',
  'TypeORM',
  'driver and SQLite',
  'cryptography',
  'promises, contexts',
  'garbage',
  'the rest of Node.js',
] as const

export type Part = (typeof parts)[number]

type Place = readonly [Part, RegExp]

const serializingReads = 'orm/reads/(?:engines/|row-|returned-text|tested-form|entity-form)'
const serializers = 'serializer/(?:represent|compile-writer|compiled-serializer|computed|shown-)'

/** Where the code of a part is: the first that fits. Code of no part, such as helpers, belongs to what called it. */
const near: readonly Place[] = [
  ['serializing', new RegExp(`^src/(?:${serializingReads}|${serializers})`)],
  ['validation', /^src\/(?:serializer|validators|http\/native\/(?:body|strict))|\/node_modules\/class-(?:val|tr)/],
  ['requests and replies', /^(?:src\/(?:http|logging)|container)\/|\/node_modules\/secure-json-parse\//],
  ['writing and rules', /^(?:src\/(?:orm\/(?:writes|deletion|events|unit-of-work|counters)|service)|decorators)\b/],
  ['reading and statements', /^src\/orm\//],
  ['the program itself', /^bench\/contenders\//],
  ['TypeORM', /\/node_modules\/typeorm\//],
  ['driver and SQLite', /\/node_modules\/(?:libsql|@libsql|pg|pg-[a-z]+)\//],
  ['node:http', /^node:(?:_http|internal\/http$)/],
  ['cryptography', /^node:internal\/crypto\//],
  ['promises, contexts', /^node:(?:internal\/)?async_hooks$/],
]

/** What runs below everything else: it counts for itself where nothing else called. */
const far: readonly Place[] = [
  ['the rest of Node.js', /^node:(?:net|internal\/(?:streams|stream_base_commons))/],
  ['promises, contexts', /^node:internal\/process\/task_queues$/],
]

/** One function that was called at one place, as V8 names it. */
export interface Frame {
  readonly name: string
  /** The source of plinth that it is written in, below the project; elsewhere the URL or path of its module. */
  readonly source: string
}

const watcher = /^bench\/profile\//

/** The part that a function works for; what called it stands behind it. `undefined` where nothing works for a request. */
export function partOf(stack: readonly Frame[]): Part | undefined {
  const [{ name } = { name: '' }] = stack
  if (name === '(idle)' || stack.some(({ source }) => watcher.test(source))) return undefined
  if (name === '(garbage collector)') return 'garbage'
  return placed(stack, near) ?? placed(stack, far) ?? 'the rest of Node.js'
}

function placed(stack: readonly Frame[], places: readonly Place[]): Part | undefined {
  for (const { source } of stack) {
    const place = places.find(([, at]) => at.test(source))
    if (place) return place[0]
  }
  return undefined
}
