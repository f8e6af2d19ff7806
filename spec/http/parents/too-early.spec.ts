import { expect } from 'chai'
import { parentValues } from '../../../src/http/parents/find-parent.js'
import { UsageError } from '../../../src/index.js'

describe('Rows under a row of a route', () => {
  it('cannot be asked for before that row is found', () => {
    expect(() => parentValues({}))
      .to.throw(UsageError)
      .with.property('code', 'E_PARENT_NOT_FOUND')
    expect(parentValues({ parent: { landId: 7 } })).to.deep.equal({ landId: 7 })
  })
})
