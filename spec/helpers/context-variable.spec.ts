import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { contextVariable, runInContext } from 'plinth'

describe('ContextVariable', () => {
  it('has a value only while its work runs, also across awaits', async () => {
    const tenant = contextVariable<string>('tenant')
    const seen = await tenant.run('acme', async () => {
      await setImmediate()
      return tenant.get()
    })
    expect(seen).to.equal('acme')
    expect(tenant.get()).to.equal(undefined)
  })

  it('keeps concurrent contexts apart', async () => {
    const tenant = contextVariable<number>('tenant')
    const visit = async (n: number): Promise<number | undefined> => {
      await setImmediate()
      return tenant.get() === n ? n : undefined
    }
    const numbers = Array.from({ length: 20 }, (_, n) => n)
    expect(await Promise.all(numbers.map((n) => tenant.run(n, () => visit(n))))).to.deep.equal(numbers)
  })

  it('keeps other variables when one is changed', () => {
    const [tenant, user] = [contextVariable<string>('tenant'), contextVariable<string>('user')]
    const seen = tenant.run('acme', () => user.run('ann', () => [tenant.get(), user.get()]))
    expect(seen).to.deep.equal(['acme', 'ann'])
  })

  it('can be set for the rest of a context, and not beyond it', () => {
    const tenant = contextVariable<string>('tenant')
    const seen = runInContext(() => {
      tenant.set('outer')
      runInContext(() => tenant.set('inner'))
      return tenant.get()
    })
    expect(seen).to.equal('outer')
    expect(tenant.get()).to.equal(undefined)
  })

  it('cannot be set where it would leak into other work', () => {
    expect(() => contextVariable<string>('tenant').set('acme')).to.throw(
      '"tenant" can be set only inside runInContext() or run().',
    )
  })
})
