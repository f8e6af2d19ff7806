import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { ContextSlot } from '../../src/helpers/context-slot.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('ContextSlot', () => {
  it('gives work, and what it calls later, the value it was given, and nobody else', async () => {
    const slot = new ContextSlot<number>()
    const seen = async (pause: number): Promise<readonly (number | undefined)[]> => {
      const first = slot.get()
      await wait(pause)
      return [first, slot.get()]
    }
    const works = [slot.run(1, () => seen(4)), seen(2), slot.run(2, () => seen(1))]
    expect(slot.get()).to.equal(undefined)
    expect(await Promise.all(works)).to.deep.equal([
      [1, 1],
      [undefined, undefined],
      [2, 2],
    ])
  })

  it('keeps the values of several slots apart, in whatever order they were given', () => {
    const [one, other, third] = [new ContextSlot<string>(), new ContextSlot<string>(), new ContextSlot<string>()]
    const all = () => [one.get(), other.get(), third.get()]
    one.run('a', () => {
      other.run('b', () => {
        third.run('c', () => {
          one.run('d', () => {
            expect(all()).to.deep.equal(['d', 'b', 'c'])
            third.run('e', () => expect(all()).to.deep.equal(['d', 'b', 'e']))
            expect(all()).to.deep.equal(['d', 'b', 'c'])
          })
          expect(all()).to.deep.equal(['a', 'b', 'c'])
        })
      })
      expect(all()).to.deep.equal(['a', undefined, undefined])
    })
    expect(all()).to.deep.equal([undefined, undefined, undefined])
  })

  it('takes undefined for a value that hides the one around it', () => {
    const slot = new ContextSlot<string | undefined>()
    slot.run('a', () => {
      slot.run(undefined, () => expect(slot.get()).to.equal(undefined))
      expect(slot.get()).to.equal('a')
    })
  })

  it('forgets a value when another has taken its place, however long the work goes on', async () => {
    const [slot, other] = [new ContextSlot<object>(), new ContextSlot<string>()]
    let replaced: WeakRef<object> | undefined
    const begin = (): Promise<object | undefined> => {
      const value = {}
      replaced = new WeakRef(value)
      return slot.run(value, () => other.run('around', () => slot.run({ second: true }, lasting)))
    }
    const lasting = async (): Promise<object | undefined> => {
      for (let turn = 0; turn < 5; turn += 1) await wait(1)
      collectGarbage()
      expect(other.get()).to.equal('around')
      expect(replaced?.deref()).to.equal(undefined)
      return slot.get()
    }
    expect(await begin()).to.deep.equal({ second: true })
  })
})
