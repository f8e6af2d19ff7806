import { setTimeout as wait } from 'node:timers/promises'
import { LocalFileStorage } from 'plinth'

async function* endless(): AsyncGenerator<Uint8Array> {
  for (let count = 0; ; count++) {
    yield Buffer.alloc(1024)
    if (count === 10) process.send!('writing')
    await wait(1)
  }
}

const [, , directory = ''] = process.argv
if (process.send) await new LocalFileStorage({ directory }).put('endless', endless())
