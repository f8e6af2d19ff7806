import { type Profiler, Session } from 'node:inspector'
import { type Frame, type Part, partOf } from './parts.js'
import { sourceOf } from './sources.js'

/** Loaded before a contender: watches where its time goes between two words of the process above. */
const session = new Session()
session.connect()

/** In microseconds. */
const interval = 200

const words: Readonly<Record<string, () => void>> = {
  watch: () => {
    session.post('Profiler.enable')
    session.post('Profiler.setSamplingInterval', { interval })
    session.post('Profiler.start', (error) => process.send!(error ?? {}))
  },
  tell: () => {
    session.post('Profiler.stop', (_error, { profile }) => process.send!(sharesOf(profile)))
  },
}

process.on('message', (word: string) => words[word]?.())

/** How much of the time that anything worked each part has had. */
function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Partial<Record<Part, number>> {
  const part = partsOf(nodes)
  const times = new Map<Part, number>()
  let total = 0
  for (const [index, id] of samples.entries()) {
    const worked = part.get(id)
    const time = timeDeltas[index] ?? 0
    if (worked === undefined) continue
    total += time
    times.set(worked, (times.get(worked) ?? 0) + time)
  }
  return Object.fromEntries([...times].map(([name, time]) => [name, time / total]))
}

/** The part of each call that was seen. */
function partsOf(nodes: readonly Profiler.ProfileNode[]): ReadonlyMap<number, Part | undefined> {
  const known = new Map(nodes.map((node) => [node.id, node]))
  const callers = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child): [number, number] => [child, id])),
  )
  return new Map(nodes.map(({ id }) => [id, partOf(stackOf(id, known, callers))]))
}

/** A call, and the calls that it was made in. */
function stackOf(
  id: number,
  known: ReadonlyMap<number, Profiler.ProfileNode>,
  callers: ReadonlyMap<number, number>,
): readonly Frame[] {
  const stack: Frame[] = []
  for (let at: number | undefined = id; at !== undefined; at = callers.get(at)) {
    const { callFrame } = known.get(at)!
    stack.push({ name: callFrame.functionName, source: sourceOf(callFrame) })
  }
  return stack
}
