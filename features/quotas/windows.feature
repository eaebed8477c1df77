Feature: Several limits, several ways to count

  Background:
    Given the gateway routes "/echo" to Echo

  Rule: A refused call uses up no other window

    Example: Five calls on three a minute and ten an hour
      Given Echo is open only to consumers with a token
      And Echo admits 3 calls a minute and 10 an hour from each consumer
      And Acme is a consumer
      When Acme calls "/echo" 5 times
      Then the first 3 calls are answered
      And exactly 2 calls are refused as over quota
      And the last answer says that 7 calls an hour remain

  Rule: What is counted together is said in the document

    Example: By address
      Given Echo admits 3 calls a minute from each address
      When somebody calls "/echo" 4 times
      Then the first 3 calls are answered
      And the 4th call is refused as over quota

    Example: A forwarded address is not believed
      Given Echo admits 3 calls a minute from each address
      When somebody calls "/echo" 4 times, each time with another "X-Forwarded-For"
      Then exactly 1 calls are refused as over quota

    Example: By header
      Given Echo admits 2 calls a minute for each value of "X-Tenant"
      When somebody calls "/echo" 4 times, each time with another "X-Tenant"
      Then every call is answered

    Example: One service's budget is not another's
      Given the gateway routes "/users" to Users
      And Echo admits 2 calls a minute from each address
      And Users admits 2 calls a minute from each address
      When somebody calls "/echo" and "/users/public" in turn, 2 times each
      Then every call is answered

  @needs-rig
  Rule: A gateway that may let calls through without counting does so

    Example: Redis is cut off
      Given a gateway of its own that counts in a Redis of its own
      And Echo is open only to consumers with a token
      And Echo admits 3 calls a minute from each consumer, or any when it cannot count
      And Acme is a consumer
      When Acme calls "/echo" 5 times while the Redis link is cut
      Then every call is answered
      And the answer carries no trace of a limit

    Example: Redis comes back
      Given a gateway of its own that counts in a Redis of its own
      And Echo is open only to consumers with a token
      And Echo admits 3 calls a minute from each consumer, or any when it cannot count
      And Acme is a consumer
      And Globex is a consumer
      And Acme has called "/echo" 2 times while the Redis link was cut
      And the gateway counts "Globex" again at "/echo"
      When Acme calls "/echo" 5 times
      Then exactly 2 calls are refused as over quota

    @slow
    Example: Redis is frozen
      Given a gateway of its own that counts in a Redis of its own
      And Echo is open only to consumers with a token
      And Echo admits 3 calls a minute from each consumer, or any when it cannot count
      And Acme is a consumer
      And its Redis is frozen
      When Acme calls "/echo" 5 times
      Then every call is answered
      And only the first call had to wait
