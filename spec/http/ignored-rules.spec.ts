import { expect } from 'chai'
import { anyone, DefinitionError, Reply, signedIn, ViewSet } from 'plinth'
import { Action, Allow, Resource } from 'plinth/decorators'
import { Get } from 'routing-controllers'
import { applicationOf } from '../support/http.js'

class Base extends ViewSet {
  @Allow(signedIn)
  early() {
    return 1
  }
  @Get('/shown')
  @Allow(signedIn)
  shown() {
    return 1
  }
}

@Resource('/ignored')
class Ignored extends Base {
  @Get('/early')
  @Allow(anyone)
  override early() {
    return 2
  }
  @Allow(anyone)
  override shown() {
    return 2
  }
  @Allow(signedIn)
  hidden() {
    return 3
  }
}

@Resource('/right')
class Right extends ViewSet {
  @Get('/right')
  @Allow(signedIn)
  right() {
    return 1
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  own() {
    return Reply.json(1)
  }
}

describe('@Allow above a method that nothing exposes there', () => {
  it('does not start, unless a class above exposes it', () => {
    let mistakes: DefinitionError['mistakes'] = []
    try {
      applicationOf({ viewSets: [Ignored, Right] })
    } catch (error) {
      if (error instanceof DefinitionError) mistakes = error.mistakes
    }
    const problem = '@Allow stands above a method that no decorator exposes there, so that it says nothing.'
    expect(mistakes.map((mistake) => [mistake.code, mistake.subject, mistake.problem])).to.deep.equal([
      ['E_NATIVE', 'Ignored.early', problem],
      ['E_NATIVE', 'Ignored.hidden', problem],
    ])
    for (const { places } of mistakes)
      expect(places.join()).to.match(/^@Allow at .*ignored-rules\.spec\.(?:ts|js):\d+:\d+$/)
  })
})
