import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { describeWithRedis, type PrivateRedis, privateRedis } from '../support/redis.js'
import type { Task } from './support/worker.js'

const file = fileURLToPath(new URL('./support/worker.js', import.meta.url))

describeWithRedis('Rate limits of several processes', () => {
  let redis: PrivateRedis
  let workers: readonly ChildProcess[] = []

  before(async () => {
    redis = await privateRedis()
    await redis.start()
    workers = [0, 1000, -1000].map((ahead) => fork(file, [redis.url, String(ahead)]))
    await Promise.all(workers.map((worker) => once(worker, 'message')))
  })

  after(async () => {
    for (const worker of workers) worker.kill('SIGKILL')
    await redis?.stop()
  })

  const allowed = async (task: Task): Promise<readonly number[]> =>
    Promise.all(
      workers.map(async (worker) => {
        worker.send(task)
        const [count] = (await once(worker, 'message')) as [number]
        return count
      }),
    )

  it('allow exactly the limit among them, whatever their clocks say', async () => {
    for (let round = 0; round < 5; round += 1) {
      const counts = await allowed({ key: `round${round}`, limit: 100, times: 200 })
      expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(100)
    }
  })

  it('go on where another process left off', async () => {
    const task = { key: 'on', limit: 30, times: 10 }
    expect(await allowed(task)).to.deep.equal([10, 10, 10])
    expect(await allowed(task)).to.deep.equal([0, 0, 0])
  })
})
