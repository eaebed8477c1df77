Feature: When a service fails

  Rule: The caller is told which way a service failed

    Example: A service that is down
      Given "/down" leads to a service that is down
      When somebody calls "/down"
      Then the call is failed as unreachable

    Example: A service that is slower than the gateway's patience
      Given "/slow" leads to a service that takes 5 seconds, and the gateway waits 150 ms
      When somebody calls "/slow"
      Then the call is failed as too slow
      And Echo was reached once

    Example: A service that is slow, but not too slow
      Given "/slow" leads to a service that takes 0.1 seconds, and the gateway waits 3000 ms
      When somebody calls "/slow"
      Then the call is answered
      And Echo was reached once
