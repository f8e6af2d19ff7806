import { type Booted, booted } from '../booting.js'
import type { Series } from '../plots.js'
import { quantile, rotated } from '../statistics.js'
import { aimAtSize, aimOfGrowth, type Growth } from './growth.js'

const kinds = { plinth: 'plinth', alone: 'TypeORM and routing-controllers' } as const
type Kind = keyof typeof kinds

/** Starts applications of several numbers of viewsets in turns, and asks each for something small. */
export async function viewSetGrowth(sizes: readonly number[], rounds: number): Promise<readonly Growth[]> {
  const all = sizes.flatMap((size) =>
    (Object.keys(kinds) as Kind[]).map((kind) => ({ kind, size, runs: [] as Booted[] })),
  )
  for (let round = 0; round < rounds; round += 1) {
    for (const { kind, size, runs } of rotated(all, round)) runs.push(await booted(kind, size, 1))
  }
  const seriesOf = (kind: Kind, pick: (one: Booted) => number): Series => ({
    name: kinds[kind],
    values: sizes.map((size) => {
      const { runs } = all.find((one) => one.kind === kind && one.size === size)!
      return quantile(runs.map(pick), 0.25)
    }),
  })
  const [starts, aloneStarts] = [seriesOf('plinth', ({ boot }) => boot), seriesOf('alone', ({ boot }) => boot)]
  const [requests, aloneRequests] = [
    seriesOf('plinth', ({ request }) => request),
    seriesOf('alone', ({ request }) => request),
  ]
  return [
    {
      name: 'Start, by the number of viewsets',
      unit: 'ms',
      sizes,
      series: [starts, aloneStarts],
      aims: [
        aimAtSize(
          'a start of 100, against TypeORM and routing-controllers alone',
          1.25,
          [100, sizes],
          [starts, aloneStarts],
        ),
      ],
    },
    {
      name: 'One small request, by the number of viewsets',
      unit: 'us',
      sizes,
      series: [requests, aloneRequests],
      aims: [aimOfGrowth('a request among the most viewsets, against one among the fewest', 1.1, requests)],
    },
  ]
}
