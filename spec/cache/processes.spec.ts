import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { describeWithRedis, type PrivateRedis, privateRedis } from '../support/redis.js'
import type { Task } from './support/worker.js'

const file = fileURLToPath(new URL('./support/worker.js', import.meta.url))

async function tell(worker: ChildProcess, task: Task): Promise<unknown> {
  worker.send(task)
  const [result] = (await once(worker, 'message')) as [unknown]
  return result
}

describeWithRedis('A cache of several processes', function () {
  let redis: PrivateRedis
  let workers: readonly ChildProcess[]

  const start = async (aheads: readonly number[]): Promise<void> => {
    workers = aheads.map((ahead) => fork(file, [redis.url, String(ahead)]))
    await Promise.all(workers.map((worker) => once(worker, 'message')))
  }
  const askAll = async (ask: string, times: number, takes: number): Promise<ReadonlySet<unknown>> => {
    const found = await Promise.all(workers.map((worker) => tell(worker, { ask, times, takes })))
    return new Set(found.flat())
  }

  beforeEach(async () => {
    redis = await privateRedis()
    await redis.start()
  })

  afterEach(async () => {
    for (const worker of workers) worker.kill('SIGKILL')
    await redis.stop()
  })

  it('makes a value once, however many ask at once', async () => {
    await start([0, 0, 0, 0])
    for (let round = 0; round < 5; round += 1) {
      expect(await askAll(`value${round}`, 50, 30)).to.deep.equal(new Set([1]))
    }
  })

  it('takes no more than a wait where whoever makes a value is killed', async () => {
    await start([0, 0])
    const [holder, other] = workers as [ChildProcess, ChildProcess]
    holder.send({ hang: 'value' } satisfies Task)
    expect(await once(holder, 'message')).to.deep.equal(['hanging', undefined])
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect(await tell(other, { ask: 'value', times: 20, takes: 1 })).to.include(1)
    expect(await tell(other, { ask: 'value', times: 1, takes: 1 })).to.have.length(1)
  })

  it('makes invalid in all of them what one of them writes, whatever their clocks say', async () => {
    await start([0, 1000, -1000])
    expect(await askAll('value', 10, 5)).to.deep.equal(new Set([1]))
    for (const [round, worker] of workers.entries()) {
      await tell(worker, { invalidate: 'value' })
      expect(await askAll('value', 10, 5)).to.deep.equal(new Set([round + 2]))
      expect(await askAll('value', 10, 5)).to.deep.equal(new Set([round + 2]))
    }
  })
})
