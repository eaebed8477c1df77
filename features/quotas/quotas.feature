Feature: How often a consumer may call

  Rule: A consumer who has spent its quota is refused until the window ends

    Scenario Outline: The call after <limit> calls to <service>
      Given the gateway routes "<path>" to <service>
      And <service> is open only to consumers with a token
      And <service> admits <limit> calls a minute from each consumer
      And Shop is a consumer
      When Shop calls "<path>/public" <calls> times
      Then the first <limit> calls are answered
      And the <calls>th call is refused as over quota
      And <service> was reached <limit> times

      Examples:
        | path    | service | limit | calls |
        | /users  | Users   | 3     | 4     |
        | /orders | Orders  | 10    | 11    |

    Example: The headers count the budget down
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Echo admits 4 calls a minute from each consumer
      And Shop is a consumer
      When Shop calls "/echo" 5 times
      Then the first 4 calls are answered
      And the remaining budget counts down to zero
      And every answer says that the window ends with the minute

  Rule: Budgets are apart: what one consumer spends, another still has

    Example: One consumer over its quota, another within
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Echo admits 2 calls a minute from each consumer
      And Acme is a consumer
      And Globex is a consumer
      When Acme and Globex call "/echo" in turn, 3 times each
      Then the first 4 calls are answered
      And exactly 4 calls are answered
      And exactly 2 calls are refused as over quota

    Example: The budget is whole again in the next window
      Given the gateway routes "/echo" to Echo
      And Echo admits 3 calls a second from each address
      When somebody calls "/echo" until it is refused, and on until it is admitted again
      Then the call is answered
      And the last answer says that 2 calls a second remain

    Example: A caller without a token spends nobody's budget
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Echo admits 2 calls a minute from each consumer
      And Acme is a consumer
      When somebody calls "/echo" with an expired token
      Then the call is refused as expired
      And the answer carries no trace of a limit

  Rule: Replicas that share a Redis share the count

    Example: Ten calls over two replicas, three admitted
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Echo admits 3 calls a minute from each consumer over all replicas
      And Acme is a consumer
      When Acme calls "/echo" 10 times, spread over the replicas
      Then the first 3 calls are answered
      And exactly 7 calls are refused as over quota
      And Echo was reached 3 times

    Example: Sixty calls at once over two replicas, five admitted
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Echo admits 5 calls a minute from each consumer over all replicas
      And Acme is a consumer
      When Acme calls "/echo" 60 times at once, spread over the replicas
      Then exactly 5 calls are answered
      And the other 55 calls are refused as over quota
      And Echo was reached 5 times

  @needs-rig
  Rule: Calls that come in the same instant are counted one by one

    A gateway that looks first and counts afterwards admits them all.

    Example: Twenty calls lie there when the gateway looks, three admitted
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Echo admits 3 calls a minute from each consumer
      And Acme is a consumer
      When Acme calls "/echo" 20 times before its frozen gateway wakes up
      Then exactly 3 calls are answered
      And the other 17 calls are refused as over quota
      And Echo was reached 3 times

    Example: Twenty calls lie there when the gateway asks Redis, three admitted
      Given a gateway of its own that counts in a Redis of its own
      And the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Echo admits 3 calls a minute from each consumer over all replicas
      And Acme is a consumer
      When Acme calls "/echo" 20 times before its frozen gateway wakes up
      Then exactly 3 calls are answered
      And the other 17 calls are refused as over quota
      And Echo was reached 3 times
