Feature: The admin port

  Rule: The admin port tells what is served, and no secret

    Example: A consumer's key can be looked up
      Given the gateway routes "/echo" to Echo
      And Shop is a consumer
      When somebody asks the admin port for Shop's credentials
      Then the call is answered
      And the answer names the key of Shop

    Example: The running document, without secrets
      Given the gateway routes "/echo" to Echo
      And Shop is a consumer
      When somebody asks the admin port for "/config"
      Then the call is answered
      And the answer carries no secret

    Example: What nobody knows
      When somebody asks the admin port for "/nothing"
      Then the call is refused as not found

  Rule: A gateway that is fed by a Cloud Gate takes documents from nobody else

    Example: A document is posted
      Given the gateway routes "/echo" to Echo
      When somebody posts a document to the admin port
      Then the call is refused as not allowed

  Rule: Pages on other sites cannot use a browser to reach it

    Example: A request with an origin
      When somebody asks the admin port for "/status" with the header "Origin: https://evil.example"
      Then the call is refused as foreign

    Example: A request under another name
      When somebody asks the admin port for "/status" with the header "Host: evil.example"
      Then the call is refused as foreign
